import { allow } from '@clawharbor/iam-policies';
import * as bedrock from '@clawharbor/iam-policies/bedrock';
import * as s3 from '@clawharbor/iam-policies/s3';

// error TS2345: 'Refused<"s3:ListBucket", "accepts none of these resources">'
allow('Read', s3.GetObject, s3.ListBucket).on(s3.object({ bucket: 'artifacts', key: '*' }));

// error TS2345: 'Refused<"bedrock:ListFoundationModels", "accepts none of these resources">'
allow('Mixed', bedrock.InvokeModel, bedrock.ListFoundationModels).on(bedrock.foundationModel({ model: '*' }));
