import * as bedrock from '@clawharbor/iam-policies/bedrock';
import * as s3 from '@clawharbor/iam-policies/s3';
import * as secretsmanager from '@clawharbor/iam-policies/secretsmanager';

// error TS2322: Type 'string' is not assignable to type 'undefined'
bedrock.foundationModel({ account: '111122223333', model: '*' });

const here = { region: 'eu-central-1', account: '111122223333' };
// error TS2345: Types of property 'account' are incompatible
bedrock.foundationModel({ ...here, model: '*' });

// error TS2345: Property 'account' is missing
secretsmanager.secret({ region: 'eu-central-1', name: 'keys-??????' });

// error TS2345: Types of property 'region' are incompatible
s3.bucket({ ...here, name: 'artifacts' });
