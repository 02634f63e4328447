import {
  backupMetrics,
  metricNamespace,
  peopleMetric,
  replicaMetric,
  runMetrics,
  type RunMetric,
} from '@clawharbor/bootstrap/spec';
import { Duration } from 'aws-cdk-lib';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { InfraError } from '../errors.ts';
import type { PodOptions } from '../options/pod-options.ts';

/** What a metric is of, which gives it its dimensions. */
export type MetricSubject =
  'pod' | 'targetGroup' | 'loadBalancer' | 'autoScalingGroup' | 'fileSystem' | 'certificate';

/** A metric of a pod, as data. */
export interface MetricDefinition {
  readonly namespace: string;
  /** As CloudWatch knows it. */
  readonly name: string;
  readonly of: MetricSubject;
  /** Over a period, as CloudWatch names it: the one that says what `meaning` says. */
  readonly statistic: string;
  /** As CloudWatch names it. */
  readonly unit: 'Count' | 'Seconds' | 'Percent' | 'Days' | 'Credits';
  /** In seconds. No shorter than the metric is written. */
  readonly periodSeconds: number;
  /** Of a value, in a sentence. */
  readonly meaning: string;
}

/** A metric by what it says of a pod. */
export type PodMetricId =
  | 'ready'
  | 'requests'
  | 'clientErrors'
  | 'gatewayErrors'
  | 'entranceErrors'
  | 'badGateway'
  | 'responseTime'
  | 'logins'
  | 'loginFailures'
  | 'loginErrors'
  | 'instances'
  | 'instanceChecksFailed'
  | 'cpu'
  | 'cpuCredits'
  | 'fileSystemIo'
  | 'fileSystemClients'
  | 'certificateDays'
  | 'lastBackupAge'
  | 'lastStoredBackupAge'
  | 'lastGoodDrillAge'
  | 'replicaAge'
  | 'peopleListAge'
  | 'bootstrapRuns'
  | 'launches'
  | 'launchesAbandoned'
  | 'gatewayRestarts'
  | 'gatewayFailed'
  | 'gatewayMemory'
  | 'diskUsed'
  | 'configProblems'
  | 'notConvergedFor'
  | 'upToDate'
  | 'modelAnswers'
  | 'conditionsFalse';

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html */
const ofTargets = { namespace: 'AWS/ApplicationELB', of: 'targetGroup', periodSeconds: 60 } as const;
const ofEntrance = { namespace: 'AWS/ApplicationELB', of: 'loadBalancer', periodSeconds: 60 } as const;
/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/viewing_metrics_with_cloudwatch.html, by the minute: the pod has detailed monitoring. */
const ofInstance = { namespace: 'AWS/EC2', of: 'autoScalingGroup', periodSeconds: 60 } as const;
/** https://docs.aws.amazon.com/efs/latest/ug/efs-metrics.html */
const ofFiles = { namespace: 'AWS/EFS', of: 'fileSystem', periodSeconds: 60 } as const;
/** Written by the bootstrap: `embedded-metrics.ts` there. */
const ofPod = { namespace: metricNamespace, of: 'pod', statistic: 'Maximum', unit: 'Seconds' } as const;
const count = { statistic: 'Sum', unit: 'Count' } as const;
const hour = 3600;

/** The bootstrap runs so often at least, in seconds: what it says of each run cannot be asked for by less. */
const runSeconds = 900;

/** What the bootstrap says of each run. */
function ofRun(name: RunMetric, statistic: 'Sum' | 'Maximum' | 'Minimum', meaning: string): MetricDefinition {
  const unit = runMetrics[name];
  return { namespace: metricNamespace, of: 'pod', name, statistic, unit, periodSeconds: runSeconds, meaning };
}

/** Every metric of a pod that somebody writes: AWS, or the bootstrap. */
export const podMetrics: Readonly<Record<PodMetricId, MetricDefinition>> = {
  ready: {
    ...ofTargets,
    name: 'HealthyHostCount',
    // A node of the load balancer counts for itself, and the node of a zone without an instance may count none.
    statistic: 'Maximum',
    unit: 'Count',
    meaning: '1 while the load balancer has a gateway to send people to, 0 while it has none',
  },
  requests: { ...ofTargets, ...count, name: 'RequestCount', meaning: 'requests that the gateway got' },
  clientErrors: {
    ...ofTargets,
    ...count,
    name: 'HTTPCode_Target_4XX_Count',
    meaning: 'requests that the gateway refused, as it does one without attribution',
  },
  gatewayErrors: {
    ...ofTargets,
    ...count,
    name: 'HTTPCode_Target_5XX_Count',
    meaning: 'requests that failed in the gateway',
  },
  entranceErrors: {
    ...ofEntrance,
    ...count,
    name: 'HTTPCode_ELB_5XX_Count',
    meaning: 'requests that failed in the load balancer: no gateway, no answer of it, or no login',
  },
  badGateway: {
    ...ofEntrance,
    ...count,
    name: 'HTTPCode_ELB_502_Count',
    meaning: 'requests that the gateway broke off',
  },
  responseTime: {
    ...ofTargets,
    name: 'TargetResponseTime',
    statistic: 'p99',
    unit: 'Seconds',
    meaning: 'what the gateway takes to begin an answer; not what a turn takes, which goes over a WebSocket',
  },
  logins: { ...ofEntrance, ...count, name: 'ELBAuthSuccess', meaning: 'people who logged in' },
  loginFailures: {
    ...ofEntrance,
    ...count,
    name: 'ELBAuthFailure',
    meaning: 'logins that the login page denied, or a code that came twice',
  },
  loginErrors: {
    ...ofEntrance,
    ...count,
    name: 'ELBAuthError',
    meaning: 'logins that failed by themselves: the login page not reached, or set up wrong',
  },
  instances: {
    // https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-metrics.html
    namespace: 'AWS/AutoScaling',
    of: 'autoScalingGroup',
    name: 'GroupInServiceInstances',
    statistic: 'Minimum',
    unit: 'Count',
    periodSeconds: 60,
    meaning: 'instances in service, of the one that there is to be',
  },
  instanceChecksFailed: {
    ...ofInstance,
    name: 'StatusCheckFailed',
    statistic: 'Maximum',
    unit: 'Count',
    meaning: '1 while EC2 finds fault with the instance or its machine',
  },
  cpu: {
    ...ofInstance,
    name: 'CPUUtilization',
    statistic: 'Average',
    unit: 'Percent',
    meaning: 'how busy the processors of the instance are',
  },
  cpuCredits: {
    ...ofInstance,
    name: 'CPUCreditBalance',
    statistic: 'Minimum',
    unit: 'Credits',
    // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-performance-instances-monitoring-cpu-credits.html
    periodSeconds: 300,
    meaning: 'minutes of a full processor that are saved; only of burstable types, as t4g and t3 are',
  },
  fileSystemIo: {
    ...ofFiles,
    name: 'PercentIOLimit',
    statistic: 'Maximum',
    unit: 'Percent',
    meaning: 'how close the file system is to the operations that it can do',
  },
  fileSystemClients: {
    ...ofFiles,
    ...count,
    name: 'ClientConnections',
    meaning: 'connections to the file system, one for each mount',
  },
  certificateDays: {
    // https://docs.aws.amazon.com/acm/latest/userguide/cloudwatch-metrics.html
    namespace: 'AWS/CertificateManager',
    of: 'certificate',
    name: 'DaysToExpiry',
    statistic: 'Minimum',
    unit: 'Days',
    periodSeconds: 24 * hour,
    meaning: 'days until the certificate is over',
  },
  lastBackupAge: {
    ...ofPod,
    name: backupMetrics.BackupsMade,
    periodSeconds: 6 * hour,
    meaning: 'seconds since the last backup',
  },
  lastStoredBackupAge: {
    ...ofPod,
    name: backupMetrics.BackupsStored,
    periodSeconds: 6 * hour,
    meaning: 'seconds since the newest backup in the bucket was made',
  },
  lastGoodDrillAge: {
    ...ofPod,
    name: backupMetrics.RestoreProved,
    periodSeconds: 6 * hour,
    meaning: 'seconds since a backup was last restored and a gateway started on it',
  },
  replicaAge: {
    ...ofPod,
    name: replicaMetric,
    periodSeconds: hour,
    meaning: 'seconds for which what was said is on the disk of the instance only',
  },
  peopleListAge: {
    ...ofPod,
    name: peopleMetric,
    periodSeconds: runSeconds,
    meaning: 'seconds since the user pool last said who is in',
  },
  bootstrapRuns: ofRun(
    'BootstrapRuns',
    'Sum',
    'runs of the bootstrap: none means that nobody looks after the pod',
  ),
  launches: ofRun('Launches', 'Sum', 'instances that came up'),
  launchesAbandoned: ofRun(
    'LaunchesAbandoned',
    'Sum',
    'instances that were given up before they served anybody',
  ),
  gatewayRestarts: ofRun(
    'GatewayRestarts',
    'Sum',
    'times that the gateway ended or hung, and was started again',
  ),
  gatewayFailed: ofRun(
    'GatewayFailed',
    'Maximum',
    '1 where the gateway ended so often that it is started no more by itself',
  ),
  gatewayMemory: ofRun('GatewayMemory', 'Maximum', 'memory of the gateway, of what its heap may become'),
  diskUsed: ofRun('DiskUsed', 'Maximum', 'how full the disk of the instance is'),
  configProblems: ofRun(
    'ConfigProblems',
    'Maximum',
    'configs that were set aside, and wishes that were left out',
  ),
  notConvergedFor: ofRun(
    'NotConvergedFor',
    'Maximum',
    'seconds for which the spec or the secret could not be applied',
  ),
  upToDate: ofRun('UpToDate', 'Minimum', '0 where an update of OpenClaw was taken back'),
  modelAnswers: ofRun('ModelAnswers', 'Minimum', '0 where the default model does not answer'),
  conditionsFalse: ofRun('ConditionsFalse', 'Minimum', 'conditions of the report that do not hold'),
};

/** Where the dimensions of a pod's metrics come from. Absent: not known of this pod. */
export interface MetricSources {
  /** The name of the pod. */
  readonly pod: string;
  readonly autoScalingGroup: string;
  /** The part of its ARN behind `loadbalancer/`, as in app/pod/0123456789abcdef. */
  readonly loadBalancer?: string | undefined;
  /** The last part of its ARN, as in targetgroup/pod/0123456789abcdef. */
  readonly targetGroup?: string | undefined;
  readonly fileSystem?: string | undefined;
  /** The ARN. */
  readonly certificate?: string | undefined;
}

/** The names of the dimensions, each with its source. */
const dimensionNames: Readonly<Record<MetricSubject, Readonly<Record<string, keyof MetricSources>>>> = {
  pod: { Pod: 'pod' },
  targetGroup: { TargetGroup: 'targetGroup', LoadBalancer: 'loadBalancer' },
  loadBalancer: { LoadBalancer: 'loadBalancer' },
  autoScalingGroup: { AutoScalingGroupName: 'autoScalingGroup' },
  fileSystem: { FileSystemId: 'fileSystem' },
  certificate: { CertificateArn: 'certificate' },
};

/**
 * @param options statistic and period of one's own, and how it is shown. Default: those of `podMetrics`.
 * @throws InfraError `ATTRIBUTE_MISSING` where a pod that was imported does not say of what
 */
export function podMetric(id: PodMetricId, sources: MetricSources, options: MetricOptions = {}): Metric {
  const { namespace, name, of, statistic, periodSeconds } = podMetrics[id];
  const dimensionsMap = Object.fromEntries(
    Object.entries(dimensionNames[of]).map(([dimension, source]) => {
      const value = sources[source];
      if (value !== undefined) return [dimension, value];
      throw new InfraError(
        'ATTRIBUTE_MISSING',
        `${name} of ${namespace}: its dimension ${dimension} is not known of the pod ${sources.pod}. ` +
          `Give ${source} among the attributes of the pod.`,
      );
    }),
  );
  // No unit: CloudWatch takes it for a filter.
  return new Metric({
    statistic,
    period: Duration.seconds(periodSeconds),
    ...options,
    namespace,
    metricName: name,
    dimensionsMap,
  });
}

/** Metrics of days are ACM's: a certificate of IAM has none. */
export function isOfAcm({ certificateArn }: ICertificate): boolean {
  return !/^arn:[^:]+:iam:/.test(certificateArn);
}

/** What is said of a pod with these options: of what it does not have, CloudWatch is told nothing. */
export function saidBy(
  { backups, launch, storage }: PodOptions,
  { certificate }: MetricSources,
): ReadonlySet<PodMetricId> {
  const said = new Set(Object.keys(podMetrics) as PodMetricId[]);
  if (!backups.enabled) for (const id of ['lastBackupAge', 'lastStoredBackupAge'] as const) said.delete(id);
  if (!backups.enabled || backups.drillEveryDays === 0) said.delete('lastGoodDrillAge');
  if (!launch.smokeTest) said.delete('modelAnswers');
  if (storage.databases !== 'replicated') said.delete('replicaAge');
  if (certificate === undefined) said.delete('certificateDays');
  return said;
}
