import { describe, expect, test } from 'vitest';
import type { Resource, Template } from '../src/index.ts';
import { podTemplate, resourcesOf, theOne } from './example-pod.ts';

/** Whether CloudFormation could not take it back when the deployment that makes it fails. */
function stays({ DeletionPolicy, Properties = {} }: Resource): boolean {
  const attributes = (Properties['LoadBalancerAttributes'] ?? []) as { Key: string; Value: string }[];
  return (
    DeletionPolicy === 'Retain' ||
    DeletionPolicy === 'Snapshot' ||
    Properties['DeletionProtection'] === 'ACTIVE' ||
    Properties['DeletionProtectionEnabled'] === true ||
    attributes.some(({ Key, Value }) => Key === 'deletion_protection.enabled' && Value !== 'false')
  );
}

const left = ({ Resources }: Template) =>
  Object.values(Resources)
    .filter(stays)
    .map(({ Type }) => Type);

/** What holds what people have said, set or may open. */
const kept = [
  'AWS::Cognito::UserPool',
  'AWS::EFS::AccessPoint',
  'AWS::EFS::FileSystem',
  'AWS::KMS::Key',
  'AWS::Logs::LogGroup',
  'AWS::S3::Bucket',
  'AWS::SecretsManager::Secret',
];

describe.each([
  ['the defaults', {}],
  ['local models', { ollama: { version: '0.12.3', sha256: 'a'.repeat(64) } }],
  ['databases on EFS', { storage: { databases: 'efs' as const } }],
  ['locked backups', { backups: { objectLockDays: 7 } }],
])('a pod with %s', (_, overrides) => {
  const template = podTemplate(overrides);

  test('leaves nothing behind when its first deployment fails', () => {
    expect(left(template)).toEqual([]);
  });

  test('leaves all that people have when its stack goes, or when a change would replace it', () => {
    for (const type of kept) {
      const resources = resourcesOf(template, type);
      expect(resources.length, type).toBeGreaterThan(0);
      for (const [id, resource] of resources) {
        expect(resource, id).toMatchObject({
          DeletionPolicy: 'RetainExceptOnCreate',
          UpdateReplacePolicy: 'Retain',
        });
      }
    }
  });
});

test('a pod that runs may be protected', () => {
  const template = podTemplate({ deletionProtection: true });
  expect(left(template)).toEqual(
    expect.arrayContaining(['AWS::Cognito::UserPool', 'AWS::ElasticLoadBalancingV2::LoadBalancer']),
  );
  expect(theOne(template, 'AWS::Cognito::UserPool').properties['DeletionProtection']).toBe('ACTIVE');
});
