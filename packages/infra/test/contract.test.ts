import { readFileSync } from 'node:fs';
import { Stack, type App, type CfnResource } from 'aws-cdk-lib';
import { Peer, Port, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { AccountPrincipal, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { describe, expect, test } from 'vitest';
import { decide } from '../../iam-policies/test/evaluator.ts';
import { OpenClawPod, podMetrics, type IOpenClawPod, type PodMetricId } from '../src/index.ts';
import {
  flatten,
  podStack,
  podTemplate,
  resourcesOf,
  scratchApp,
  templateOf,
  theOne,
} from './example-pod.ts';
import { account, identityPolicies, region } from './resource-policies.ts';

const at = (service: string, resource: string, where = region) =>
  `arn:aws:${service}:${where}:${account}:${resource}`;

const attributes = {
  podName: 'openclaw',
  dnsName: 'openclaw.example.com',
  secretArn: at('secretsmanager', 'secret:PodSecretsSecret-AbCdEf-GhIjKl'),
  keyArn: at('kms', 'key/11111111-2222-3333-4444-555555555555'),
  loadBalancerArn: at('elasticloadbalancing', 'loadbalancer/app/Pod-Entrance/0123456789abcdef'),
  targetGroupArn: at('elasticloadbalancing', 'targetgroup/Pod-Gateway/fedcba9876543210'),
  certificateArn: at('acm', 'certificate/0a1b2c3d-0000-0000-0000-000000000000'),
  fileSystemId: 'fs-0123456789abcdef0',
};

const otherStack = () => new Stack(scratchApp(), 'Other', { env: { account, region } });
const imported = (stack: Stack, others: object = {}) =>
  OpenClawPod.fromOpenClawPodAttributes(stack, 'Pod', { ...attributes, ...others });
const role = (stack: Stack) =>
  new Role(stack, 'Keeper', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') });

/** The two ways to have a pod, each with its secret and key as the evaluator names them. */
const pods: readonly [string, () => { stack: Stack; pod: IOpenClawPod; secret: string; key: string }][] = [
  [
    'a pod of the app',
    () => {
      const stack = podStack();
      const { secret, key } = stack.pod;
      const id = (resource: { node: { defaultChild?: unknown } }) =>
        stack.getLogicalId(resource.node.defaultChild as never);
      return { stack, pod: stack.pod, secret: id(secret), key: at('kms', `key/${id(key)}`) };
    },
  ],
  [
    'a pod of another app',
    () => {
      const stack = otherStack();
      return { stack, pod: imported(stack), secret: attributes.secretArn, key: attributes.keyArn };
    },
  ],
];

describe.each(pods)('%s', (_, make) => {
  test('lets somebody open its instance and no other, as Session Manager documents it', () => {
    const { stack, pod } = make();
    const keeper = role(stack);
    pod.grantSessionManager(keeper);
    const policies = keepers(stack);
    const start = (tag: string | undefined, where = region) =>
      decide(policies, {
        action: 'ssm:StartSession',
        resource: at('ec2', 'instance/i-0123456789abcdef0', where),
        context: {
          'ssm:SessionDocumentAccessCheck': ['true'],
          ...(tag === undefined ? {} : { 'ssm:resourceTag/clawharbor:pod': [tag] }),
        },
      });
    expect([start('openclaw'), start('other'), start(undefined), start('openclaw', 'eu-west-1')]).toEqual([
      'allow',
      'implicit deny',
      'implicit deny',
      'implicit deny',
    ]);
    const shell = at('ssm', 'document/SSM-SessionManagerRunShell');
    expect(decide(policies, { action: 'ssm:StartSession', resource: shell, context: {} })).toBe('allow');
  });

  test('lets somebody write its secret, and read none', () => {
    const { stack, pod, secret, key } = make();
    pod.grantSecretWrite(role(stack));
    const policies = keepers(stack);
    const context = {
      'kms:ViaService': [`secretsmanager.${region}.amazonaws.com`],
      'kms:EncryptionContext:SecretARN': [secret],
    };
    const may = (action: string, resource: string) => decide(policies, { action, resource, context });
    expect(may('secretsmanager:PutSecretValue', secret)).toBe('allow');
    expect(may('secretsmanager:GetSecretValue', secret)).toBe('implicit deny');
    expect(may('kms:GenerateDataKey', key)).toBe('allow');
    expect(may('kms:Decrypt', key)).toBe('allow');
    expect(decide(policies, { action: 'kms:Decrypt', resource: key, context: {} })).toBe('implicit deny');
  });

  test('refuses to grant to whom nothing can be granted', () => {
    const { pod, stack } = make();
    const strangers = [
      new AccountPrincipal('999999999999'),
      Role.fromRoleArn(stack, 'Stranger', 'arn:aws:iam::999999999999:role/stranger'),
    ];
    for (const stranger of strangers) {
      for (const grant of [() => pod.grantSecretWrite(stranger), () => pod.grantSessionManager(stranger)]) {
        expect(grant).toThrow(expect.objectContaining({ code: 'GRANTEE_INVALID' }));
      }
    }
  });

  test.each(Object.entries(podMetrics))('has the metric %s', (id, { namespace, name, statistic }) => {
    const { stack, pod } = make();
    const alarmName = 'of the test';
    pod.metric(id as PodMetricId).createAlarm(stack, 'Alarm', {
      alarmName,
      threshold: 1,
      evaluationPeriods: 1,
    });
    const alarms = resourcesOf(templateOf(stack), 'AWS::CloudWatch::Alarm');
    const [, { Properties: properties = {} }] = alarms.find(
      ([, each]) => each.Properties?.['AlarmName'] === alarmName,
    )!;
    expect(properties).toMatchObject({
      Namespace: namespace,
      MetricName: name,
      [statistic.startsWith('p') ? 'ExtendedStatistic' : 'Statistic']: statistic,
    });
    expect(properties).not.toHaveProperty('Unit');
    const dimensions = properties['Dimensions'] as { Name: string; Value: unknown }[];
    expect(dimensions.length).toBeGreaterThan(0);
  });

  test('names what its metrics are of', () => {
    const { stack, pod } = make();
    const metrics = {
      ...pod.metricReady().dimensions,
      ...pod.metricInstances().dimensions,
      ...pod.metricReplicaAge().dimensions,
      ...pod.metric('fileSystemIo').dimensions,
    };
    expect(Object.keys(metrics).toSorted()).toEqual([
      'AutoScalingGroupName',
      'FileSystemId',
      'LoadBalancer',
      'Pod',
      'TargetGroup',
    ]);
    expect(metrics).toMatchObject({ Pod: 'openclaw', AutoScalingGroupName: 'clawharbor-openclaw' });
    expect(stack.resolve(metrics['LoadBalancer'])).toSatisfy(
      (name: unknown) => name === 'app/Pod-Entrance/0123456789abcdef' || typeof name === 'object',
    );
  });
});

/** What the keeper may: not what the instance may. */
function keepers(stack: Stack) {
  const template = templateOf(stack);
  const kept = resourcesOf(template, 'AWS::IAM::Policy').filter(([id]) => id.startsWith('Keeper'));
  expect(kept).toHaveLength(1);
  // What they refer to stays.
  const others = Object.entries(template.Resources).filter(([, { Type }]) => Type !== 'AWS::IAM::Policy');
  return identityPolicies({ ...template, Resources: Object.fromEntries([...others, ...kept]) });
}

test('two pods grant to one role: no id of a statement is there twice', () => {
  const stack = otherStack();
  const keeper = role(stack);
  for (const name of ['a', 'b']) {
    const pod = OpenClawPod.fromOpenClawPodAttributes(stack, name, { ...attributes, podName: `pod-${name}` });
    pod.grantSessionManager(keeper);
  }
  const { Statement } = theOne(templateOf(stack), 'AWS::IAM::Policy').properties['PolicyDocument'] as {
    Statement: { Sid?: string }[];
  };
  expect(Statement.filter(({ Sid }) => Sid !== undefined)).toEqual([]);
  expect(JSON.stringify(Statement)).toContain('pod-b');
});

test('metrics of the group are written, because somebody may ask for them', () => {
  const { properties } = theOne(podTemplate(), 'AWS::AutoScaling::AutoScalingGroup');
  expect(properties['MetricsCollection']).toEqual([{ Granularity: '1Minute' }]);
});

describe('a pod of another app', () => {
  test('has its place in the metrics of load balancer and target group', () => {
    const stack = otherStack();
    expect(stack.resolve(imported(stack).metricReady().dimensions)).toEqual({
      LoadBalancer: 'app/Pod-Entrance/0123456789abcdef',
      TargetGroup: 'targetgroup/Pod-Gateway/fedcba9876543210',
    });
  });

  test('connects by the security group that it was given', () => {
    const stack = otherStack();
    const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['a'] });
    const gatewaySecurityGroup = SecurityGroup.fromSecurityGroupId(stack, 'Gateway', 'sg-0123456789abcdef0');
    const database = new SecurityGroup(stack, 'Database', { vpc });
    database.connections.allowFrom(imported(stack, { gatewaySecurityGroup }), Port.tcp(5432));
    expect(theOne(templateOf(stack), 'AWS::EC2::SecurityGroupIngress').properties).toMatchObject({
      FromPort: 5432,
      SourceSecurityGroupId: 'sg-0123456789abcdef0',
    });
  });

  test.each([
    ['connections', (pod: IOpenClawPod) => pod.connections],
    ['its load balancer', (pod: IOpenClawPod) => pod.metricEntranceErrors()],
    ['its target group', (pod: IOpenClawPod) => pod.metricReady()],
    ['its file system', (pod: IOpenClawPod) => pod.metric('fileSystemIo')],
    ['its certificate', (pod: IOpenClawPod) => pod.metric('certificateDays')],
  ])('that does not say what %s is says so when it is asked', (_, ask) => {
    const { podName, dnsName, secretArn } = attributes;
    const pod = OpenClawPod.fromOpenClawPodAttributes(otherStack(), 'Pod', { podName, dnsName, secretArn });
    expect(() => ask(pod)).toThrow(expect.objectContaining({ code: 'ATTRIBUTE_MISSING' }));
  });

  test.each([
    ['NAME_INVALID', { podName: 'Team' }],
    ['DNS_NAME_INVALID', { dnsName: 'https://openclaw.example.com' }],
    ['ATTRIBUTE_INVALID', { secretArn: at('secretsmanager', 'secret:pod') }],
    ['ATTRIBUTE_INVALID', { keyArn: 'alias/pod' }],
    ['ATTRIBUTE_INVALID', { loadBalancerArn: attributes.targetGroupArn }],
    ['ATTRIBUTE_INVALID', { targetGroupArn: attributes.loadBalancerArn }],
    ['ATTRIBUTE_INVALID', { certificateArn: 'arn:aws:iam::123456789012:server-certificate/team' }],
    ['ATTRIBUTE_INVALID', { fileSystemId: 'EFS' }],
    ['EXISTING_PART_ELSEWHERE', { secretArn: at('secretsmanager', 'secret:pod-AbCdEf', 'eu-west-1') }],
    ['PROPS_INVALID', { secret: 'x' }],
  ])('is refused with %s for %j', (code, wrong) => {
    expect(() => imported(otherStack(), wrong)).toThrow(expect.objectContaining({ code }));
  });
});

describe('connections', () => {
  test('are those of the instance: a database lets it in', () => {
    const stack = podStack();
    const database = new SecurityGroup(stack, 'Database', { vpc: stack.pod.vpc });
    database.connections.allowFrom(stack.pod, Port.tcp(5432));
    const rules = resourcesOf(templateOf(stack), 'AWS::EC2::SecurityGroupIngress');
    const [, rule] = rules.find(([id]) => id.startsWith('Database'))!;
    expect(flatten(rule.Properties?.['SourceSecurityGroupId'])).toMatch(/^<PodGatewaySecurityGroup/);
  });

  test.each([
    ['everybody', Peer.anyIpv4(), Port.tcp(5173)],
    ['a range that holds the port', Peer.ipv4('10.0.0.0/8'), Port.tcpRange(5000, 6000)],
    ['every port', Peer.anyIpv6(), Port.allTraffic()],
    ['a list', Peer.prefixList('pl-0123456789abcdef0'), Port.allTcp()],
  ])('let nobody past the login: %s', (_, peer, port) => {
    const stack = podStack();
    stack.pod.connections.allowFrom(peer, port);
    expect(() => (stack.node.root as App).synth()).toThrow(/GATEWAY_OPEN/);
  });

  test('let nobody past the login: another security group', () => {
    const stack = podStack();
    const other = new SecurityGroup(stack, 'Other', { vpc: stack.pod.vpc });
    stack.pod.connections.allowFrom(other, Port.tcp(5173));
    expect(() => (stack.node.root as App).synth()).toThrow(/GATEWAY_OPEN/);
  });

  test('may be let in elsewhere than to the gateway', () => {
    const stack = podStack();
    stack.pod.connections.allowFrom(Peer.ipv4('10.0.0.0/8'), Port.tcp(9100));
    stack.pod.loadBalancer.connections.allowFrom(Peer.ipv4('192.0.2.0/24'), Port.tcp(443));
    expect(() => (stack.node.root as App).synth()).not.toThrow();
  });
});

test('what a part is made of is its default child', () => {
  const { pod } = podStack();
  const types = pod.node.children.flatMap(({ node: { id, defaultChild } }) =>
    defaultChild === undefined ? [] : [[id, (defaultChild as CfnResource).cfnResourceType]],
  );
  expect(Object.fromEntries(types)).toMatchObject({
    Entrance: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
    Scaling: 'AWS::AutoScaling::AutoScalingGroup',
    Machine: 'AWS::EC2::LaunchTemplate',
    Instance: 'AWS::IAM::Role',
    Login: 'AWS::Cognito::UserPool',
    Storage: 'AWS::EFS::FileSystem',
    Secrets: 'AWS::SecretsManager::Secret',
    Logs: 'AWS::Logs::LogGroup',
    Backups: 'AWS::S3::Bucket',
    Network: 'AWS::EC2::VPC',
    Spec: 'AWS::SSM::Parameter',
  });
});

test('the README says of every metric what it is, and of no other', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, table] = /<!-- metrics -->(.*?)<!-- \/metrics -->/s.exec(readme)!;
  const rows = [...table!.matchAll(/^\| `(\w+)` +\| `(\w+)` +\| (.*?) +\|$/gm)];
  expect(rows.map(([, ...cells]) => cells)).toEqual(
    Object.entries(podMetrics).map(([id, { name, meaning }]) => [id, name, meaning]),
  );
});
