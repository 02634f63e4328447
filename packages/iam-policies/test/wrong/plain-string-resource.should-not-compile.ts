import { allow } from '@clawharbor/iam-policies';
import * as s3 from '@clawharbor/iam-policies/s3';

// error TS2345: Argument of type 'string' is not assignable to parameter of type 'Arn<"s3:accesspointobject" | "s3:object">'
allow('Read', s3.GetObject).on('arn:aws:s3:::artifacts/bundle.mjs');

declare const token: string;
// error TS2345: Argument of type 'string' is not assignable to parameter of type 'Arn<"s3:accesspointobject" | "s3:object">'
allow('Read', s3.GetObject).on(token);
