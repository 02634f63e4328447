import type { Regional } from '../arn.ts';
import * as cloudwatch from '../catalogue/cloudwatch.ts';
import * as logs from '../catalogue/logs.ts';
import { allow, type IdentityStatement } from '../statement.ts';

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
