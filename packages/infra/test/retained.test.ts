import { describe, expect, test } from 'vitest';
import type { PolicyJson } from '../../iam-policies/src/json.ts';
import { decideTogether } from '../../iam-policies/test/evaluator.ts';
import type { PodConfigInput, Template } from '../src/index.ts';
import { podConfigSchema } from '../src/index.ts';
import { exampleConfig, podTemplate, resourcesOf, specOf, theOne } from './example-pod.ts';
import { account, identityPolicies, region, resourcePolicies } from './resource-policies.ts';

/** What a deleted pod has left behind. */
const retainedFrom = {
  fileSystemId: 'fs-0123456789abcdef0',
  userPoolId: 'eu-central-1_AbCdEfGhI',
  secretArn: `arn:aws:secretsmanager:${region}:${account}:secret:PodSecretsSecret-AbCdEf-GhIjKl`,
  keyArn: `arn:aws:kms:${region}:${account}:key/11111111-2222-3333-4444-555555555555`,
};
const before = podTemplate();
const after = podTemplate({ retainedFrom });

const roleOf = (template: Template) => theOne(template, 'AWS::IAM::Role');

describe('a pod that comes back', () => {
  test.each([
    'AWS::EFS::FileSystem',
    'AWS::Cognito::UserPool',
    'AWS::SecretsManager::Secret',
    'AWS::KMS::Key',
  ])('makes no %s', (type) => {
    expect(resourcesOf(before, type)).toHaveLength(1);
    expect(resourcesOf(after, type)).toEqual([]);
  });

  test('has the state of before, in its own VPC: a mount target a zone, reached by the gateway only', () => {
    const spec = specOf(after);
    expect(spec['fileSystem']).toMatchObject({ id: retainedFrom.fileSystemId });
    const targets = resourcesOf(after, 'AWS::EFS::MountTarget').map(([, { Properties }]) => Properties);
    expect(targets).toHaveLength(2);
    const [group] = targets[0]!['SecurityGroups'] as [{ 'Fn::GetAtt': [string, string] }];
    for (const target of targets) {
      expect(target).toMatchObject({ FileSystemId: retainedFrom.fileSystemId, SecurityGroups: [group] });
    }
    const nfs = resourcesOf(after, 'AWS::EC2::SecurityGroupIngress').filter(
      ([, { Properties }]) => Properties?.['ToPort'] === 2049,
    );
    expect(nfs).toHaveLength(1);
    expect(nfs[0]?.[1].Properties?.['GroupId']).toEqual(group);
  });

  test('finds its folders by the same paths and accounts', () => {
    const pointsOf = (template: Template) =>
      resourcesOf(template, 'AWS::EFS::AccessPoint').map(([, { Properties = {} }]) => [
        Properties['PosixUser'],
        Properties['RootDirectory'],
      ]);
    expect(pointsOf(after)).toEqual(pointsOf(before));
  });

  test('starts no instance before what it mounts is there', () => {
    const { resource } = theOne(after, 'AWS::AutoScaling::AutoScalingGroup');
    for (const [id] of resourcesOf(after, 'AWS::EFS::MountTarget')) expect(resource.DependsOn).toContain(id);
  });

  test('is let in by the policy that the file system still has, and nobody else is', () => {
    const left = resourcePolicies(before).find(
      ({ place }) => place === 'AWS::EFS::FileSystem FileSystemPolicy',
    )!;
    const name = roleOf(before).properties['RoleName'] as string;
    const policy = JSON.parse(
      JSON.stringify(left.policy).replaceAll(`role/${roleOf(before).id}`, `role/${name}`),
    ) as PolicyJson;
    expect(JSON.stringify(policy)).toContain(name);
    const resource = `arn:aws:elasticfilesystem:${region}:${account}:file-system/${retainedFrom.fileSystemId}`;
    const point = resourcesOf(after, 'AWS::EFS::AccessPoint')[0]![0];
    const mounts = (role: string) =>
      decideTogether(
        { kind: 'principal', arn: `arn:aws:iam::${account}:role/${role}`, account },
        identityPolicies(after),
        { policy, account, identitySuffices: true },
        {
          action: 'elasticfilesystem:ClientMount',
          resource,
          context: {
            'aws:SecureTransport': ['true'],
            'elasticfilesystem:AccessedViaMountTarget': ['true'],
            'elasticfilesystem:AccessPointArn': [
              `arn:aws:elasticfilesystem:${region}:${account}:access-point/${point}`,
            ],
          },
        },
      );
    expect(mounts(roleOf(after).properties['RoleName'] as string)).toBe('allow');
    expect(mounts('clawharbor-another-eu-central-1')).toBe('explicit deny');
  });

  test('has the people of before, who log in by a client and a domain of its own', () => {
    expect(theOne(after, 'AWS::Cognito::UserPoolClient').properties['UserPoolId']).toBe(
      retainedFrom.userPoolId,
    );
    expect(theOne(after, 'AWS::Cognito::UserPoolDomain').properties).toMatchObject({
      UserPoolId: retainedFrom.userPoolId,
      Domain: theOne(before, 'AWS::Cognito::UserPoolDomain').properties['Domain'],
    });
  });

  test('reads the secret of before with the key of before', () => {
    expect(specOf(after)['secret']).toEqual({ arn: retainedFrom.secretArn });
    const statements = identityPolicies(after).flatMap(({ Statement }) => Statement);
    expect(statements.find(({ Sid }) => Sid === 'ReadSecret')?.Resource).toBe(retainedFrom.secretArn);
    expect(statements.find(({ Sid }) => Sid === 'DecryptVia')).toMatchObject({
      Resource: retainedFrom.keyArn,
      Condition: { StringLike: { 'kms:EncryptionContext:SecretARN': retainedFrom.secretArn } },
    });
  });

  test('takes back a part, and makes the rest', () => {
    const part = podTemplate({ retainedFrom: { fileSystemId: retainedFrom.fileSystemId } });
    expect(specOf(part)['fileSystem']).toMatchObject({ id: retainedFrom.fileSystemId });
    for (const type of ['AWS::Cognito::UserPool', 'AWS::SecretsManager::Secret', 'AWS::KMS::Key']) {
      expect(resourcesOf(part, type)).toHaveLength(1);
    }
  });
});

test('the role has a name that fits and says its Region, for the longest pod in the longest Region', () => {
  const longest = podTemplate({
    name: `a${'b'.repeat(31)}`,
    region: 'us-isof-south-1',
    openclaw: { model: { id: 'amazon.nova' } },
  });
  const name = roleOf(longest).properties['RoleName'] as string;
  expect(name).toBe(`clawharbor-a${'b'.repeat(31)}-us-isof-south-1`);
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
  expect(name.length).toBeLessThanOrEqual(64);
});

test.each<[string, string, string, PodConfigInput['retainedFrom']]>([
  ['a name for an id', 'RETAINED_INVALID', 'retainedFrom.fileSystemId', { fileSystemId: 'state' }],
  [
    'an ARN for an id',
    'RETAINED_INVALID',
    'retainedFrom.userPoolId',
    { userPoolId: 'arn:aws:cognito-idp:x' },
  ],
  [
    'the name of a secret',
    'RETAINED_INVALID',
    'retainedFrom.secretArn',
    { ...retainedFrom, secretArn: `arn:aws:secretsmanager:${region}:${account}:secret:pod` },
  ],
  ['an alias for a key', 'RETAINED_INVALID', 'retainedFrom.keyArn', { keyArn: 'alias/pod' }],
  ['a secret without its key', 'RETAINED_INVALID', 'retainedFrom', { secretArn: retainedFrom.secretArn }],
])('%s is refused with %s', (_, code, path, wrong) => {
  const { error } = podConfigSchema.safeParse({ ...exampleConfig, retainedFrom: wrong });
  expect(error?.issues[0]?.path.join('.')).toBe(path);
  expect(error?.issues[0]).toMatchObject({ params: { code } });
});

test.each([
  { userPoolId: 'us-east-1_AbCdEfGhI' },
  { keyArn: retainedFrom.keyArn.replace(region, 'us-east-1') },
  { keyArn: retainedFrom.keyArn, secretArn: retainedFrom.secretArn.replace(region, 'us-east-1') },
])('what is left in another Region is refused: %j', (elsewhere) => {
  expect(() => podTemplate({ retainedFrom: elsewhere })).toThrow(
    expect.objectContaining({ code: 'EXISTING_PART_ELSEWHERE' }),
  );
});
