import { allow } from '@clawharbor/iam-policies';
import * as bedrock from '@clawharbor/iam-policies/bedrock';
import * as ssm from '@clawharbor/iam-policies/ssm';

const models = bedrock.foundationModel({ model: '*' });

// error TS2345: Argument of type '"ssm:Recursive"' is not assignable to parameter of type
allow('OtherService', bedrock.InvokeModel).on(models).when('ssm:Recursive', 'Bool', false);

// error TS2345: Argument of type '"bedrock:ModelArn"' is not assignable to parameter of type
allow('OtherAction', bedrock.InvokeModelWithResponseStream)
  .on(models)
  .when('bedrock:ModelArn', 'ArnLike', '*');

// error TS2345: Argument of type '"aws:SourceIP"' is not assignable to parameter of type
allow('Typo', ssm.DescribeParameters).onAll().when('aws:SourceIP', 'IpAddress', '10.0.0.0/8');
