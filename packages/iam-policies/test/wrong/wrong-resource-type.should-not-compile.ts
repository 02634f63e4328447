import { allow } from '@clawharbor/iam-policies';
import * as bedrock from '@clawharbor/iam-policies/bedrock';
import * as s3 from '@clawharbor/iam-policies/s3';

// error TS2345: Type '"s3:bucket"' is not assignable to type '"s3:accesspointobject" | "s3:object"'
allow('ReadBucket', s3.GetObject).on(s3.bucket({ name: 'artifacts' }));

// error TS2345: Type '"s3:object"' is not assignable to type
allow('OtherService', bedrock.InvokeModel).on(
  bedrock.foundationModel({ model: '*' }),
  s3.object({ bucket: 'artifacts', key: '*' }),
);
