import { Duration } from 'aws-cdk-lib';
import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { describe, expect, test } from 'vitest';
import {
  bucketOf,
  flatten,
  podStack,
  podTemplate,
  resourcesOf,
  specOf,
  templateOf,
  theOne,
} from './example-pod.ts';

const template = podTemplate();
const bucket = bucketOf(template, 'Backups');

describe('the bucket for backups', () => {
  test('is a place for secrets: encrypted with the key of the pod, closed, versioned, retained', () => {
    expect(bucket.resource).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
    expect(bucket.properties).toMatchObject({
      VersioningConfiguration: { Status: 'Enabled' },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
    const encryption = JSON.stringify(bucket.properties['BucketEncryption']);
    expect(encryption).toContain('"SSEAlgorithm":"aws:kms"');
    expect(encryption).toContain(theOne(template, 'AWS::KMS::Key').id);
    const policy = JSON.stringify(
      resourcesOf(template, 'AWS::S3::BucketPolicy').find(([, { Properties }]) =>
        JSON.stringify(Properties?.['Bucket']).includes(bucket.id),
      ),
    );
    expect(policy).toContain('aws:SecureTransport');
  });

  test('removes what is old by its own rules, and locks nothing unless asked', () => {
    expect(bucket.properties['LifecycleConfiguration']).toMatchObject({
      Rules: [
        {
          ExpirationInDays: 35,
          NoncurrentVersionExpiration: { NoncurrentDays: 14 },
          // The pod may not even take back an upload that was cut short.
          AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
          Status: 'Enabled',
        },
      ],
    });
    expect(bucket.properties).not.toHaveProperty('ObjectLockEnabled');
  });

  test('locks by Object Lock when it is asked for', () => {
    const locked = podTemplate({ backups: { objectLockDays: 30 } });
    expect(bucketOf(locked, 'Backups').properties).toMatchObject({
      ObjectLockEnabled: true,
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Days: 30, Mode: 'GOVERNANCE' } } },
    });
  });
});

test('the spec says where backups go and when', () => {
  const { backups } = specOf(template);
  expect(backups).toEqual({
    bucket: `<${bucket.id}>`,
    prefix: 'openclaw/',
    kmsKey: `<${theOne(template, 'AWS::KMS::Key').id}.Arn>`,
    everyHours: 6,
    keep: 12,
    drillEveryDays: 7,
  });
  expect(specOf(podTemplate({ backups: { drillEveryDays: 0 } }))['backups']).not.toHaveProperty(
    'drillEveryDays',
  );
});

test('an alarm can be set on how old the last good drill is', () => {
  const stack = podStack();
  stack.pod.metricLastGoodDrillAge().createAlarm(stack, 'DrillOverdue', {
    threshold: Duration.days(14).toSeconds(),
    evaluationPeriods: 1,
    treatMissingData: TreatMissingData.BREACHING,
  });
  const alarms = resourcesOf(templateOf(stack), 'AWS::CloudWatch::Alarm');
  expect(alarms.find(([id]) => id.startsWith('DrillOverdue'))?.[1].Properties).toMatchObject({
    Namespace: 'Clawharbor',
    MetricName: 'LastGoodDrillAge',
    Dimensions: [{ Name: 'Pod', Value: 'openclaw' }],
    Statistic: 'Maximum',
    Period: 21_600,
    Threshold: 1_209_600,
    TreatMissingData: 'breaching',
  });
  expect([stack.pod.metricLastBackupAge(), stack.pod.metricLastStoredBackupAge()]).toMatchObject([
    { namespace: 'Clawharbor', metricName: 'LastBackupAge', dimensions: { Pod: 'openclaw' } },
    { namespace: 'Clawharbor', metricName: 'LastStoredBackupAge', dimensions: { Pod: 'openclaw' } },
  ]);
});

test('without backups there is no bucket, and nothing of it in role and spec', () => {
  const without = podTemplate({ backups: { enabled: false } });
  expect(resourcesOf(without, 'AWS::S3::Bucket').map(([id]) => id)).toEqual([
    bucketOf(without, 'AccessLogs').id,
  ]);
  expect(specOf(without)).not.toHaveProperty('backups');
  const policy = flatten(JSON.stringify(theOne(without, 'AWS::IAM::Policy').properties));
  expect(policy).not.toMatch(/s3:PutObject|GenerateDataKey/);
});
