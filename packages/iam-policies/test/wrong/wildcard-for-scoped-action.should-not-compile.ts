import { allow } from '@clawharbor/iam-policies';
import * as ec2 from '@clawharbor/iam-policies/ec2';
import * as secretsmanager from '@clawharbor/iam-policies/secretsmanager';

// error TS2349: Type 'Refused<"secretsmanager:GetSecretValue", "accepts resources: use on() or unscoped(reason)">' has no call signatures
allow('EverySecret', secretsmanager.GetSecretValue).onAll();

// error TS2349: Type 'Refused<"ec2:TerminateInstances", "accepts resources: use on() or unscoped(reason)">' has no call signatures
allow('OneIsScoped', ec2.DescribeInstances, ec2.TerminateInstances).onAll();

// error TS2345: Argument of type 'string' is not assignable to parameter of type 'Arn<"secretsmanager:Secret">'
allow('Star', secretsmanager.GetSecretValue).on('*');

// error TS2554: Expected 1 arguments, but got 0
allow('NoReason', secretsmanager.GetSecretValue).unscoped();
