import { OpenClawPod } from '@clawharbor/infra';
import { App, Stack, Validations } from 'aws-cdk-lib';
import { ComparisonOperator } from 'aws-cdk-lib/aws-cloudwatch';
import { Port, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { ManagedPolicy, Role } from 'aws-cdk-lib/aws-iam';
import { HostedZone } from 'aws-cdk-lib/aws-route53';

/** In the account of a team that has a VPC, a database, a boundary for roles, and people on call. */
export const app = new App();
const stack = new Stack(app, 'ExistingVpc', { env: { account: '123456789012', region: 'eu-central-1' } });
const vpc = Vpc.fromLookup(stack, 'Vpc', { vpcId: 'vpc-0123456789abcdef0' });
const pod = new OpenClawPod(stack, 'Pod', {
  name: 'team',
  domain: {
    hostedZone: HostedZone.fromLookup(stack, 'Zone', { domainName: 'example.com' }),
    names: ['openclaw.example.com'],
  },
  existingNetwork: {
    vpc,
    loadBalancerSubnets: { subnetType: SubnetType.PUBLIC, onePerAz: true },
    gatewaySubnets: { subnetGroupName: 'App' },
  },
  existing: {
    permissionsBoundary: ManagedPolicy.fromManagedPolicyName(stack, 'Boundary', 'team-boundary'),
  },
});

// What the agents may reach, who keeps the pod, and who is told.
const database = SecurityGroup.fromSecurityGroupId(stack, 'Database', 'sg-0123456789abcdef0');
database.connections.allowFrom(pod, Port.tcp(5432), 'The OpenClaw pod of the team');
pod.grantSecretWrite(Role.fromRoleName(stack, 'Keeper', 'openclaw-keeper'));
const oncall = Role.fromRoleName(stack, 'Oncall', 'oncall');
pod.grantSessionManager(oncall);
Validations.of(oncall).acknowledge({
  id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
  reason: 'The channel that a session is seen by (ssmmessages:OpenDataChannel) knows no resources.',
});
pod.metricReady().createAlarm(stack, 'NobodyCanWork', {
  threshold: 1,
  comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
  evaluationPeriods: 3,
});
