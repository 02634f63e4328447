import { Aws, Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { OpsItemCategory, OpsItemSeverity, SnsAction, SsmAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { resourcePolicy } from '@clawharbor/iam-policies';
import { toPolicyDocument } from '@clawharbor/iam-policies/cdk';
import { publishAlarms } from '@clawharbor/iam-policies/intents';
import { topic as topicArn } from '@clawharbor/iam-policies/sns';
import { Construct } from 'constructs';
import type { PodOptions } from '../options/pod-options.ts';
import { alarmIds, alarmTable, runbookOf, type AlarmDefinition, type AlarmId } from './alarm-table.ts';
import { refuseElsewhere } from './elsewhere.ts';
import { podMetric, podMetrics, saidBy, type MetricSources, type PodMetricId } from './metrics.ts';

export interface AlarmsProps {
  readonly options: PodOptions;
  /** An alarm of what is not known of the pod, as of a certificate of IAM, is left out. */
  readonly sources: MetricSources;
}

/** Tells somebody when a pod is not well: an alarm for each row of the table that is not turned off, and one topic. */
export class Alarms extends Construct {
  readonly topic: sns.ITopic;
  readonly alarms: ReadonlyMap<AlarmId, cloudwatch.Alarm>;

  /** @throws InfraError `EXISTING_PART_ELSEWHERE` */
  constructor(scope: Construct, id: string, { options, sources }: AlarmsProps) {
    super(scope, id);
    const { off, names, emails, topicArn: given, opsItems } = options.alarms;
    this.topic = given === undefined ? this.ownTopic() : this.givenTopic(given);
    for (const email of emails) this.topic.addSubscription(new EmailSubscription(email));
    const actions = [
      new SnsAction(this.topic),
      ...(opsItems === undefined ? [] : [new SsmAction(severities[opsItems], OpsItemCategory.AVAILABILITY)]),
    ];
    const said = saidBy(options, sources);
    const wanted = alarmIds.filter((each) => !off.includes(each) && said.has(alarmTable[each].metric));
    this.alarms = new Map(
      wanted.map((each) => {
        const alarm = this.alarm(each, names[each] ?? `clawharbor-${options.name}-${each}`, {
          options,
          sources,
        });
        alarm.addAlarmAction(...actions);
        alarm.addOkAction(new SnsAction(this.topic));
        return [each, alarm];
      }),
    );
  }

  private ownTopic(): sns.Topic {
    const topic = new sns.Topic(this, 'Topic', { displayName: 'Clawharbor' });
    const policy = publishAlarms({ topic: topicArn(topic.topicArn), account: Aws.ACCOUNT_ID });
    new sns.TopicPolicy(this, 'TopicPolicy', {
      topics: [topic],
      policyDocument: toPolicyDocument(resourcePolicy(policy)),
    });
    return topic;
  }

  private givenTopic(arn: string): sns.ITopic {
    refuseElsewhere(this, 'alarms.topicArn', arn);
    return sns.Topic.fromTopicArn(this, 'Topic', arn);
  }

  private alarm(id: AlarmId, alarmName: string, { options, sources }: AlarmsProps): cloudwatch.Alarm {
    const definition: AlarmDefinition = alarmTable[id];
    const { bad, threshold, periods, missing, says } = definition;
    return new cloudwatch.Alarm(this, id, {
      alarmName,
      alarmDescription: `${says} Runbook: ${runbookOf(id)}`,
      metric: metricOf(definition, sources),
      comparisonOperator:
        bad === 'below'
          ? cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD
          : cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      threshold: typeof threshold === 'number' ? threshold : threshold(options.backups),
      evaluationPeriods: periods,
      treatMissingData: treatments[missing],
    });
  }
}

const severities = {
  critical: OpsItemSeverity.CRITICAL,
  high: OpsItemSeverity.HIGH,
  medium: OpsItemSeverity.MEDIUM,
  low: OpsItemSeverity.LOW,
} as const;

const treatments = {
  notBreaching: cloudwatch.TreatMissingData.NOT_BREACHING,
  breaching: cloudwatch.TreatMissingData.BREACHING,
  ignore: cloudwatch.TreatMissingData.IGNORE,
} as const;

/** Of fewer requests than these, a share says nothing. */
const fewest = 20;

function metricOf(definition: AlarmDefinition, sources: MetricSources): cloudwatch.IMetric {
  const { metric, plus, percentOf, periodSeconds } = definition;
  const period = Duration.seconds(periodSeconds ?? podMetrics[metric].periodSeconds);
  const of = (id: PodMetricId) => podMetric(id, sources, { period });
  const math = (expression: string, other: PodMetricId) =>
    new cloudwatch.MathExpression({
      expression,
      usingMetrics: { one: of(metric), other: of(other) },
      period,
      label: metric,
    });
  if (plus !== undefined) return math('FILL(one, 0) + FILL(other, 0)', plus);
  if (percentOf !== undefined)
    return math(`IF(FILL(other, 0) >= ${fewest}, 100 * FILL(one, 0) / other, 0)`, percentOf);
  return of(metric);
}
