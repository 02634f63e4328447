import { allow, deny } from '@clawharbor/iam-policies';
import * as s3 from '@clawharbor/iam-policies/s3';

// error TS2555: Expected at least 2 arguments, but got 1
allow('NoActions');

// error TS2555: Expected at least 2 arguments, but got 1
deny('NoActions', ...([] as const));

// error TS2555: Expected at least 1 arguments, but got 0
allow('NoResources', s3.GetObject).on();
