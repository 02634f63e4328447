/** A number that CloudWatch takes out of a line of a log. */
export interface EmbeddedMetric {
  readonly name: string;
  readonly unit: 'Seconds' | 'Count' | 'Percent';
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
 * Of each run, which is each minute while there is something to do, and a quarter of an hour after the last one at most. CloudWatch
 * bills each name by the month, so what has no alarm and no graph is not among them.
 */
export const runMetrics = {
  /** 1: the bootstrap is alive. */
  BootstrapRuns: 'Count',
  /** 1 in the first run of an instance that Auto Scaling has launched. */
  Launches: 'Count',
  /** 1 where the instance is given up. */
  LaunchesAbandoned: 'Count',
  /** Times that the gateway ended or hung since the run before, and was started again. */
  GatewayRestarts: 'Count',
  /** 1 where its supervisor has given it up. */
  GatewayFailed: 'Count',
  /** Of what its heap may become: at 100 it is restarted. */
  GatewayMemory: 'Percent',
  /** Of the fullest file system of the machine that holds databases, programs, caches or reports. */
  DiskUsed: 'Percent',
  /** Configs that were set aside or lost, and wishes that were left out. */
  ConfigProblems: 'Count',
  /** How long the pod is not what the spec and the secret say, and is on no way back either; 0: it is. */
  NotConvergedFor: 'Seconds',
  /** 1 where the pod runs the release of the spec, 0 where an update was taken back. */
  UpToDate: 'Count',
  /** 1 where the default model answers, 0 where it does not. */
  ModelAnswers: 'Count',
  /** Conditions that are `False`. */
  ConditionsFalse: 'Count',
} as const satisfies Readonly<Record<string, EmbeddedMetric['unit']>>;

export type RunMetric = keyof typeof runMetrics;

/**
 * A log event that CloudWatch Logs makes metrics of: one line, and nothing else in it.
 * @param properties what else a search of the log finds in it
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function embeddedMetrics(
  pod: string,
  at: Date,
  metrics: readonly EmbeddedMetric[],
  properties: Readonly<Record<string, string>> = {},
): string {
  const directive = {
    Namespace: metricNamespace,
    Dimensions: [['Pod']],
    Metrics: metrics.map(({ name, unit }) => ({ Name: name, Unit: unit })),
  };
  return JSON.stringify({
    _aws: { Timestamp: at.getTime(), CloudWatchMetrics: [directive] },
    Pod: pod,
    ...properties,
    ...Object.fromEntries(metrics.map(({ name, value }) => [name, value])),
  });
}
