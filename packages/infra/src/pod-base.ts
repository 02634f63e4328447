import { document, type IdentityStatement } from '@clawharbor/iam-policies';
import { toPolicyStatements } from '@clawharbor/iam-policies/cdk';
import { encryptWith, openSession, writeSecret } from '@clawharbor/iam-policies/intents';
import { key as keyArn } from '@clawharbor/iam-policies/kms';
import { secret as secretArn } from '@clawharbor/iam-policies/secretsmanager';
import { Aws, Stack, Token } from 'aws-cdk-lib';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, type IConstruct } from 'constructs';
import { InfraError } from './errors.ts';
import { podMetric, type MetricSources, type PodMetricId } from './parts/metrics.ts';
import { acknowledgeGrant } from './parts/wildcards.ts';

/** The tag that everything of a pod has, its instances too; its value is the name of the pod. */
export const podTag = 'clawharbor:pod';

/** A pod, of this app or of another. */
export interface IOpenClawPod extends IConstruct, ec2.IConnectable {
  /** Unique in account and Region. */
  readonly podName: string;
  /** Where people log in, as in https://openclaw.example.com. */
  readonly url: string;
  /** The complete ARN of the secret whose keys are the environment of the gateway. */
  readonly secretArn: string;
  readonly autoScalingGroupName: string;
  readonly specParameterName: string;
  /**
   * Of the instance: what it may reach, as in `database.connections.allowDefaultPortFrom(pod)`. Who reaches the login page is
   * for the load balancer to say. Do not let anybody in to the instance: who gets to the gateway past the load balancer can
   * claim to be any user. Throws `ATTRIBUTE_MISSING` where a pod was imported without its security group.
   */
  readonly connections: ec2.Connections;

  /**
   * Lets somebody give the secret new values, and read none. The gateway takes them within minutes.
   * @throws InfraError `GRANTEE_INVALID` where the grantee has no policy to add to, such as another account
   */
  grantSecretWrite(grantee: iam.IGrantable): iam.Grant;
  /**
   * Lets somebody open a shell on the instance by Session Manager, and on no other: it has to have the tag `clawharbor:pod`
   * with the name of the pod, so that who may tag instances decides, too. Who has it is root on the instance.
   * @throws InfraError `GRANTEE_INVALID` as {@link grantSecretWrite}
   */
  grantSessionManager(grantee: iam.IGrantable): iam.Grant;

  /**
   * Any metric of the pod. What there is, with statistic, period and meaning: README.
   * @throws InfraError `ATTRIBUTE_MISSING` where a pod was imported without what the metric is of
   */
  metric(id: PodMetricId, options?: MetricOptions): Metric;
  /** 1 while people can be served, 0 while they cannot. Default: the maximum over a minute. */
  metricReady(options?: MetricOptions): Metric;
  /** Requests that the gateway got. Default: the sum over a minute. */
  metricRequests(options?: MetricOptions): Metric;
  /** Requests that failed in the gateway. Default: the sum over a minute. */
  metricGatewayErrors(options?: MetricOptions): Metric;
  /** Requests that failed in the load balancer: no gateway, no answer of it, or no login. Default: the sum over a minute. */
  metricEntranceErrors(options?: MetricOptions): Metric;
  /** In seconds, what the gateway takes to begin an answer. Default: the 99th percentile over a minute. */
  metricResponseTime(options?: MetricOptions): Metric;
  /** Logins that were denied. Default: the sum over a minute. */
  metricLoginFailures(options?: MetricOptions): Metric;
  /** Instances in service, of the one that there is to be. Default: the minimum over a minute. */
  metricInstances(options?: MetricOptions): Metric;
  /**
   * Seconds since a drill last restored the newest backup and started a gateway on it; since the pod came up, before the first
   * one. A pod says it once an hour. Not at all with `backups.enabled: false` or `backups.drillEveryDays: 0`.
   * @param options Default: the maximum over six hours
   *
   * @example
   * pod.metricLastGoodDrillAge().createAlarm(stack, 'DrillOverdue', {
   *   threshold: Duration.days(14).toSeconds(),
   *   evaluationPeriods: 1,
   *   treatMissingData: TreatMissingData.BREACHING,
   * });
   */
  metricLastGoodDrillAge(options?: MetricOptions): Metric;
  /** Seconds since the last backup, as {@link metricLastGoodDrillAge}. */
  metricLastBackupAge(options?: MetricOptions): Metric;
  /** Seconds since the newest backup in the bucket was made, as {@link metricLastGoodDrillAge}. */
  metricLastStoredBackupAge(options?: MetricOptions): Metric;
  /**
   * Seconds for which what was said is on the disk of the instance only. A pod says it at each run of its bootstrap, a quarter of an
   * hour after the last one at most. Not at all with `storage.databases: 'efs'`.
   * @param options Default: the maximum over an hour
   */
  metricReplicaAge(options?: MetricOptions): Metric;
  /**
   * Seconds since the user pool last said who is in. A pod says it at each run of its bootstrap: a quarter of an hour after the last
   * one at most, and each minute once the list is older than one. From 900 on nobody new gets in, and nobody is thrown out. A pod that
   * never heard of its user pool says nothing.
   * @param options Default: the maximum over a quarter of an hour
   */
  metricPeopleListAge(options?: MetricOptions): Metric;
}

/** What a pod does for others, wherever it was made. */
export abstract class PodBase extends Construct implements IOpenClawPod {
  abstract readonly podName: string;
  abstract readonly url: string;
  abstract readonly secretArn: string;
  abstract readonly connections: ec2.Connections;
  /** Where the dimensions of the metrics come from. */
  protected abstract readonly metricSources: MetricSources;
  /** The ARN of what encrypts the secret; undefined where that is the key of the service, which needs no permission. */
  protected abstract readonly secretKeyArn: string | undefined;

  get autoScalingGroupName(): string {
    return groupNameOf(this.podName);
  }

  get specParameterName(): string {
    return specParameterNameOf(this.podName);
  }

  grantSecretWrite(grantee: iam.IGrantable): iam.Grant {
    const secret = secretArn(this.secretArn);
    const key = this.secretKeyArn;
    return grant(grantee, [
      writeSecret(secret),
      ...(key === undefined
        ? []
        : [
            encryptWith(keyArn(key), {
              partition: Aws.PARTITION,
              region: Stack.of(this).region,
              via: 'secretsmanager',
              context: { SecretARN: this.secretArn },
            }),
          ]),
    ]);
  }

  grantSessionManager(grantee: iam.IGrantable): iam.Grant {
    const { region, account } = Stack.of(this);
    const tag = { key: podTag, value: this.podName };
    return grant(grantee, openSession({ partition: Aws.PARTITION, region, account, tag }));
  }

  metric(id: PodMetricId, options?: MetricOptions): Metric {
    return podMetric(id, this.metricSources, options).attachTo(this);
  }

  metricReady(options?: MetricOptions): Metric {
    return this.metric('ready', options);
  }

  metricRequests(options?: MetricOptions): Metric {
    return this.metric('requests', options);
  }

  metricGatewayErrors(options?: MetricOptions): Metric {
    return this.metric('gatewayErrors', options);
  }

  metricEntranceErrors(options?: MetricOptions): Metric {
    return this.metric('entranceErrors', options);
  }

  metricResponseTime(options?: MetricOptions): Metric {
    return this.metric('responseTime', options);
  }

  metricLoginFailures(options?: MetricOptions): Metric {
    return this.metric('loginFailures', options);
  }

  metricInstances(options?: MetricOptions): Metric {
    return this.metric('instances', options);
  }

  metricLastGoodDrillAge(options?: MetricOptions): Metric {
    return this.metric('lastGoodDrillAge', options);
  }

  metricLastBackupAge(options?: MetricOptions): Metric {
    return this.metric('lastBackupAge', options);
  }

  metricLastStoredBackupAge(options?: MetricOptions): Metric {
    return this.metric('lastStoredBackupAge', options);
  }

  metricReplicaAge(options?: MetricOptions): Metric {
    return this.metric('replicaAge', options);
  }

  metricPeopleListAge(options?: MetricOptions): Metric {
    return this.metric('peopleListAge', options);
  }
}

/** Named after the pod: what is outside of the stack knows them by it, too. */
export function groupNameOf(podName: string): string {
  return `clawharbor-${podName}`;
}

export function specParameterNameOf(podName: string): string {
  return `/clawharbor/${podName}/spec`;
}

/** Without the ids of the statements: two pods may grant to one role, and in a policy an id is there once. */
function grant(grantee: iam.IGrantable, statements: readonly IdentityStatement[]): iam.Grant {
  refuseOfAnotherAccount(grantee);
  const policies = toPolicyStatements(document(...statements).asInline());
  const grants = policies.map(({ actions, resources: resourceArns, conditions }) =>
    iam.Grant.addToPrincipal({
      grantee,
      actions,
      resourceArns,
      conditions: conditions as Record<string, Record<string, unknown>>,
    }),
  );
  const { grantPrincipal } = grantee;
  if (!grants.every(({ success }) => success)) throw noPolicyOf(grantPrincipal);
  if (Construct.isConstruct(grantPrincipal)) {
    acknowledgeGrant(
      grantPrincipal,
      policies.flatMap(({ resources }) => resources),
    );
  }
  return grants.reduce((all, one) => all.combine(one));
}

/** CDK says of an imported role of another account that the statement was added, and adds it nowhere (aws-cdk-lib 2.276.0). */
function refuseOfAnotherAccount({ grantPrincipal }: iam.IGrantable): void {
  if (!Construct.isConstruct(grantPrincipal)) return;
  const [theirs, own] = [grantPrincipal.principalAccount, Stack.of(grantPrincipal).account];
  if (theirs === undefined || Token.isUnresolved(theirs) || Token.isUnresolved(own) || theirs === own) return;
  throw noPolicyOf(grantPrincipal);
}

function noPolicyOf(principal: iam.IPrincipal): InfraError {
  return new InfraError(
    'GRANTEE_INVALID',
    `${Construct.isConstruct(principal) ? principal.node.path : 'The grantee'} has no policy that a grant could be ` +
      'added to. Give a role, user or group of the account of the pod.',
  );
}
