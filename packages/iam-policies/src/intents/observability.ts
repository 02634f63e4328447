import type { Arn, Partition, Regional } from '../arn.ts';
import * as cloudwatch from '../catalogue/cloudwatch.ts';
import * as kms from '../catalogue/kms.ts';
import * as logs from '../catalogue/logs.ts';
import * as s3 from '../catalogue/s3.ts';
import * as sns from '../catalogue/sns.ts';
import { domainOf, isPartition, partitionOf } from '../partitions.ts';
import { anyone, servicePrincipal } from '../principal.ts';
import { allow, deny, type IdentityStatement, type ResourceStatement } from '../statement.ts';

export interface WriteLogsOptions extends Regional {
  /** Name of the log group. It must exist: this does not create groups. */
  readonly group: string;
  /** Names of the streams, which may hold `*`. Default: `*`. */
  readonly streams?: string;
}

/**
 * Writes streams of one log group.
 * {@link https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html}
 */
export function writeLogs({
  group,
  streams = '*',
  ...place
}: WriteLogsOptions): readonly IdentityStatement[] {
  return [
    allow('WriteLogs', logs.CreateLogStream, logs.PutLogEvents).on(
      logs.logStream({ ...place, group, name: streams }),
    ),
    // For IAM the ARN of a log group ends in `:*`; without it only tags can be read and set.
    allow('DescribeLogStreams', logs.DescribeLogStreams).on(logs.logGroup({ ...place, name: `${group}:*` })),
  ];
}

/**
 * Publishes metrics in one namespace. Without a resource, because classic metrics have none.
 * {@link https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html}
 */
export function publishMetrics({ namespace }: { readonly namespace: string }): IdentityStatement {
  return allow('PublishMetrics', cloudwatch.PutMetricData)
    .onAll()
    .when('cloudwatch:namespace', 'StringEquals', namespace);
}

export interface DeliverAccessLogsOptions {
  /** Default: `aws`. */
  readonly partition?: Partition;
  /** Name of the bucket. */
  readonly bucket: string;
  /** What the keys of the logs begin with, without a slash at its end. */
  readonly prefix: string;
  /** Of the load balancer. */
  readonly account: string;
}

/**
 * For a bucket's own policy: load balancers of one account may write their access logs below a prefix. With S3's own keys: the
 * delivery knows no other encryption.
 * {@link https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html}
 */
export function deliverAccessLogs({
  partition = 'aws',
  bucket,
  prefix,
  account,
}: DeliverAccessLogsOptions): ResourceStatement {
  return allow('DeliverAccessLogs', s3.PutObject)
    .on(s3.object({ partition, bucket, key: `${prefix}/AWSLogs/${account}/*` }))
    .by(servicePrincipal('logdelivery.elasticloadbalancing.amazonaws.com'));
}

export interface PublishAlarmsOptions {
  readonly topic: Arn<'sns:topic'>;
  /** Of the alarms. */
  readonly account: string;
}

/**
 * For a topic's own policy: alarms of one account may publish to it, and nobody without TLS. A topic with a policy of its own has the
 * default one no longer.
 * {@link https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html}
 */
export function publishAlarms({ topic, account }: PublishAlarmsOptions): readonly ResourceStatement[] {
  return [
    allow('PublishAlarms', sns.Publish)
      .on(topic)
      .when('aws:SourceAccount', 'StringEquals', account)
      .by(servicePrincipal('cloudwatch.amazonaws.com')),
    deny('DenyWithoutTls', sns.Publish).on(topic).when('aws:SecureTransport', 'Bool', false).by(anyone),
  ];
}

export interface EncryptLogsOptions {
  /** Default: `aws`. */
  readonly partition?: Partition;
  readonly region: string;
  readonly logGroup: Arn<'logs:log-group'>;
}

/**
 * For a key's own policy: CloudWatch Logs may encrypt this log group with it.
 * {@link https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html}
 */
export function encryptLogs({ partition = 'aws', region, logGroup }: EncryptLogsOptions): ResourceStatement {
  return allow(
    'EncryptLogs',
    kms.Decrypt,
    kms.DescribeKey,
    kms.Encrypt,
    kms.GenerateDataKey,
    kms.GenerateDataKeyPair,
    kms.GenerateDataKeyPairWithoutPlaintext,
    kms.GenerateDataKeyWithoutPlaintext,
    kms.ReEncryptFrom,
    kms.ReEncryptTo,
  )
    .onAttached('*')
    .when('kms:EncryptionContext:aws:logs:arn', 'StringLike', logGroup)
    .by(servicePrincipal(`logs.${region}.${principalDomain(partition, region)}`));
}

/**
 * The regional principal of CloudWatch Logs has a domain of its own in China, and nowhere else: what endpoints end in is
 * none of a principal's business in the partitions that came later
 * ({@link https://github.com/terraform-aws-modules/terraform-aws-eks/pull/3539}). A key's policy may not name a principal
 * that does not exist, so that there is no naming several: where only CloudFormation knows Region and partition, it gives
 * the domain, which is right in China, in GovCloud and in `aws`; elsewhere name the Region.
 */
function principalDomain(partition: Partition, region: string): string {
  const known = partitionOf(region) ?? (isPartition(partition) ? partition : undefined);
  if (known === undefined) return '${AWS::URLSuffix}';
  return known === 'aws-cn' ? domainOf('aws-cn') : 'amazonaws.com';
}
