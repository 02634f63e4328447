import type { PodMetricId } from './metrics.ts';

/** The prop `backups`, as far as it says what is late. */
export interface BackupTimes {
  readonly everyHours: number;
  readonly drillEveryDays: number;
}

/** When somebody is told, as data. */
export interface AlarmDefinition {
  readonly metric: PodMetricId;
  /** Added to it. */
  readonly plus?: PodMetricId;
  /** It is taken in percent of this one, once there are 20 of that in a period. */
  readonly percentOf?: PodMetricId;
  readonly bad: 'at or above' | 'below';
  readonly threshold: number | ((backups: BackupTimes) => number);
  /** In seconds. Default: that of the metric. */
  readonly periodSeconds?: number;
  /** Of which all are bad. */
  readonly periods: number;
  /** What no data means: that all is well, that it is not, or nothing new. */
  readonly missing: 'notBreaching' | 'breaching' | 'ignore';
  /** What it says, in a sentence: with the runbook, the description of the alarm. */
  readonly says: string;
}

const minute = 60;
const hour = 3600;
const day = 24 * hour;

/**
 * The alarms of a pod, in the order in which people feel what they say. Each has its page below docs/runbooks. Ids are for good:
 * props, names of alarms and runbooks go by them.
 */
export const alarmTable = {
  'no-healthy-target': {
    metric: 'ready',
    bad: 'below',
    threshold: 1,
    // A replacement takes less.
    periods: 5,
    missing: 'breaching',
    says: 'For five minutes there has been no gateway to send people to.',
  },
  'sign-in-failures': {
    metric: 'loginFailures',
    plus: 'loginErrors',
    bad: 'at or above',
    threshold: 5,
    periodSeconds: 15 * minute,
    periods: 1,
    missing: 'notBreaching',
    says: 'Five or more logins have failed within a quarter of an hour.',
  },
  'people-unknown': {
    metric: 'peopleListAge',
    bad: 'at or above',
    // From three times of it on, nobody new gets in.
    threshold: 5 * minute,
    periods: 2,
    missing: 'breaching',
    says: 'The user pool does not say who is in: who is removed from it stays, and soon nobody new gets in.',
  },
  'requests-refused': {
    metric: 'clientErrors',
    percentOf: 'requests',
    bad: 'at or above',
    threshold: 50,
    periodSeconds: 5 * minute,
    periods: 2,
    missing: 'notBreaching',
    says: 'The gateway refuses half of the requests and more, as it does all that lack proxy attribution (403).',
  },
  'gateway-errors': {
    metric: 'gatewayErrors',
    bad: 'at or above',
    threshold: 10,
    periodSeconds: 5 * minute,
    periods: 2,
    missing: 'notBreaching',
    says: 'Requests fail in the gateway (5xx).',
  },
  'bad-gateway': {
    metric: 'badGateway',
    bad: 'at or above',
    threshold: 10,
    periodSeconds: 5 * minute,
    periods: 2,
    missing: 'notBreaching',
    says: 'The gateway breaks requests off, or nothing listens where it should (502).',
  },
  'slow-answers': {
    metric: 'responseTime',
    bad: 'at or above',
    threshold: 5,
    periodSeconds: 5 * minute,
    periods: 3,
    missing: 'notBreaching',
    says: 'For a quarter of an hour, one request of a hundred has waited five seconds and more for its answer to begin.',
  },
  'model-not-answering': {
    metric: 'modelAnswers',
    bad: 'below',
    threshold: 1,
    periods: 1,
    missing: 'ignore',
    says: 'The default model does not answer: who writes to the gateway gets an error.',
  },
  'replacement-loop': {
    metric: 'launches',
    bad: 'at or above',
    threshold: 3,
    periodSeconds: hour,
    periods: 1,
    missing: 'notBreaching',
    says: 'Three instances have come up within an hour: what they are replaced for is not mended by it.',
  },
  'launch-abandoned': {
    metric: 'launchesAbandoned',
    bad: 'at or above',
    threshold: 1,
    periods: 1,
    missing: 'notBreaching',
    says: 'A new instance was given up before it served anybody. Its last line of metrics has the reason.',
  },
  'gateway-restarts': {
    metric: 'gatewayRestarts',
    bad: 'at or above',
    threshold: 3,
    periodSeconds: hour,
    periods: 1,
    missing: 'notBreaching',
    says: 'The gateway has ended or hung three times within an hour; each time everybody was cut off for a moment.',
  },
  'gateway-given-up': {
    metric: 'gatewayFailed',
    bad: 'at or above',
    threshold: 1,
    periods: 1,
    missing: 'notBreaching',
    says: 'The gateway ended so often, or for such a reason, that systemd starts it no more; the bootstrap tries each minute.',
  },
  'memory-high': {
    metric: 'gatewayMemory',
    bad: 'at or above',
    threshold: 90,
    periods: 2,
    missing: 'ignore',
    says: 'The gateway holds nine tenths of the memory at which it is restarted.',
  },
  'disk-full': {
    metric: 'diskUsed',
    bad: 'at or above',
    threshold: 85,
    periods: 1,
    missing: 'ignore',
    says: 'The disk of the instance, with databases and programs, is nearly full.',
  },
  'replica-behind': {
    metric: 'replicaAge',
    bad: 'at or above',
    threshold: 5 * minute,
    periodSeconds: 15 * minute,
    periods: 1,
    missing: 'ignore',
    says: 'What was said in the last five minutes is on the disk of the instance only, and lost with it.',
  },
  'file-system-limit': {
    metric: 'fileSystemIo',
    bad: 'at or above',
    threshold: 95,
    periodSeconds: 5 * minute,
    periods: 3,
    missing: 'notBreaching',
    says: 'The file system of the state does nearly all the operations that it can.',
  },
  'config-problem': {
    metric: 'configProblems',
    bad: 'at or above',
    threshold: 1,
    periods: 1,
    missing: 'ignore',
    says: 'A config was set aside or lost and an earlier one put back, or a wish of the deployment was left out.',
  },
  'spec-not-applied': {
    metric: 'notConvergedFor',
    bad: 'at or above',
    threshold: 10 * minute,
    periods: 1,
    missing: 'ignore',
    says: 'For ten minutes the pod has not been what spec and secret say.',
  },
  'update-rolled-back': {
    metric: 'upToDate',
    bad: 'below',
    threshold: 1,
    periods: 1,
    missing: 'ignore',
    says: 'An update of OpenClaw was taken back or could not be made; people go on with the release before it.',
  },
  'backup-overdue': {
    metric: 'lastBackupAge',
    bad: 'at or above',
    threshold: ({ everyHours }) => 2 * everyHours * hour,
    periods: 1,
    missing: 'breaching',
    says: 'There was no backup for twice as long as there should have been one.',
  },
  'backup-not-stored': {
    metric: 'lastStoredBackupAge',
    bad: 'at or above',
    threshold: ({ everyHours }) => 2 * everyHours * hour,
    periods: 1,
    missing: 'breaching',
    says: 'The newest backup in the bucket is twice as old as it should be; later ones are on the file system only.',
  },
  'drill-overdue': {
    metric: 'lastGoodDrillAge',
    bad: 'at or above',
    threshold: ({ drillEveryDays }) => 2 * drillEveryDays * day,
    periods: 1,
    missing: 'breaching',
    says: 'For two periods no backup was restored with success: whether one can be is not known.',
  },
  'certificate-expires': {
    metric: 'certificateDays',
    bad: 'below',
    threshold: 30,
    periods: 1,
    // Nothing is said of one that is new, nor of one that is over: then it rings for a month already.
    missing: 'ignore',
    says: 'The certificate is over within a month, and ACM has not renewed it as it does two months before.',
  },
  'bootstrap-silent': {
    metric: 'bootstrapRuns',
    bad: 'below',
    threshold: 1,
    // A drill or a large backup keeps the next run waiting.
    periods: 4,
    missing: 'breaching',
    says: 'For an hour nothing was heard of the bootstrap: nobody looks after the pod, or nothing leaves the instance.',
  },
  'condition-false': {
    metric: 'conditionsFalse',
    bad: 'at or above',
    threshold: 1,
    periods: 4,
    missing: 'ignore',
    says: 'For an hour something of the report has not held, as a plugin that is missing or a channel that is not connected.',
  },
} as const satisfies Readonly<Record<string, AlarmDefinition>>;

export type AlarmId = keyof typeof alarmTable;

export const alarmIds = Object.keys(alarmTable) as readonly AlarmId[];

/** Where the page of an alarm is. */
export function runbookOf(id: AlarmId): string {
  return `https://github.com/clawharbor/clawharbor/blob/main/docs/runbooks/${id}.md`;
}
