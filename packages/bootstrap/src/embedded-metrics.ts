/** A number that CloudWatch takes out of a line of a log. */
export interface EmbeddedMetric {
  readonly name: string;
  readonly unit: 'Seconds';
  readonly value: number;
}

/**
 * Of all metrics of pods in CloudWatch; their one dimension is `Pod`, with the name of the pod.
 */
export const metricNamespace = 'Clawharbor';

/** In seconds, since the last success of its kind; before the first one, since backups were first looked after. */
export const backupMetrics = {
  BackupsMade: 'LastBackupAge',
  BackupsStored: 'LastStoredBackupAge',
  RestoreProved: 'LastGoodDrillAge',
} as const;

/** In seconds: so old is what the file system has of the database that is behind most. */
export const replicaMetric = 'ReplicaAge';

/** In seconds, since the user pool last said who is in. */
export const peopleMetric = 'PeopleListAge';

/**
 * A log event that CloudWatch Logs makes metrics of: one line, and nothing else in it.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function embeddedMetrics(pod: string, at: Date, metrics: readonly EmbeddedMetric[]): string {
  const directive = {
    Namespace: metricNamespace,
    Dimensions: [['Pod']],
    Metrics: metrics.map(({ name, unit }) => ({ Name: name, Unit: unit })),
  };
  return JSON.stringify({
    _aws: { Timestamp: at.getTime(), CloudWatchMetrics: [directive] },
    Pod: pod,
    ...Object.fromEntries(metrics.map(({ name, value }) => [name, value])),
  });
}
