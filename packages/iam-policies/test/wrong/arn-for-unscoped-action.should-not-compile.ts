import { allow, deny } from '@clawharbor/iam-policies';
import * as bedrock from '@clawharbor/iam-policies/bedrock';
import * as ec2 from '@clawharbor/iam-policies/ec2';

// error TS2349: Type 'Refused<"ec2:DescribeInstances", "accepts only \"*\": use onAll()">' has no call signatures
allow('OneInstance', ec2.DescribeInstances).on(
  ec2.instance({ region: 'eu-central-1', account: '111122223333', instanceId: 'i-1' }),
);

// error TS2349: Type 'Refused<"bedrock:ListFoundationModels", "accepts only \"*\": use onAll()">' has no call signatures
deny('OneModel', bedrock.ListFoundationModels).on(bedrock.foundationModel({ model: '*' }));
