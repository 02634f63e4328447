import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { alarmIds, alarmTable, runbookOf, type AlarmDefinition } from '../src/parts/alarm-table.ts';
import { podMetrics } from '../src/parts/metrics.ts';
import { flatten, podTemplate, resourcesOf, theOne } from './example-pod.ts';
import type { PodConfigInput, Template } from '../src/index.ts';

const template = podTemplate();
const runbooks = join(import.meta.dirname, '../../../docs/runbooks');

interface Alarm {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly AlarmActions: readonly unknown[];
  readonly OKActions: readonly unknown[];
  readonly Threshold: number;
  readonly Period?: number;
  readonly EvaluationPeriods: number;
  readonly TreatMissingData: string;
  readonly ComparisonOperator: string;
  readonly Namespace?: string;
  readonly MetricName?: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: unknown }[];
  readonly Metrics?: readonly {
    readonly Expression?: string;
    readonly MetricStat?: { readonly Metric: Alarm };
  }[];
}

/** By id, whatever it is called. */
function alarmsOf(of: Template): Record<string, Alarm> {
  return Object.fromEntries(
    resourcesOf(of, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => {
      const alarm = Properties as unknown as Alarm;
      return [/([\w-]+)\.md$/.exec(alarm.AlarmDescription)![1]!, alarm];
    }),
  );
}

const alarms = alarmsOf(template);
const withAlarms = (given: PodConfigInput['alarms']) => podTemplate({ alarms: given });

describe('the alarms of a pod', () => {
  test('are all in the template, each by its own name, and tell the topic of the pod when they ring and when they end', () => {
    expect(Object.keys(alarms).toSorted()).toEqual(alarmIds.toSorted());
    const topic = { Ref: theOne(template, 'AWS::SNS::Topic').id };
    for (const id of alarmIds)
      expect(alarms[id]).toMatchObject({
        AlarmName: `clawharbor-openclaw-${id}`,
        AlarmActions: [topic],
        OKActions: [topic],
      });
  });

  test('ask for metrics of this pod and of no other', () => {
    const said = Object.values(alarms).flatMap(({ Metrics, ...alone }) =>
      (Metrics ?? [{ MetricStat: { Metric: alone } }]).flatMap(({ MetricStat }) => MetricStat?.Metric ?? []),
    );
    expect(said.length).toBeGreaterThan(alarmIds.length);
    for (const { Namespace, Dimensions = [] } of said) {
      expect(Dimensions.length, Namespace).toBeGreaterThan(0);
      // Whatever it is of, is a resource of the template, but what goes by the name of the pod.
      const byName = Namespace === 'Clawharbor' || Namespace === 'AWS/EC2';
      if (!byName) expect(JSON.stringify(Dimensions)).toMatch(/"(Ref|Fn::GetAtt)"/);
      if (Namespace === 'Clawharbor') expect(Dimensions).toEqual([{ Name: 'Pod', Value: 'openclaw' }]);
    }
  });

  test('look no more often than their metric is written, and within what CloudWatch can', () => {
    for (const id of alarmIds) {
      const definition: AlarmDefinition = alarmTable[id];
      const { periodSeconds = podMetrics[definition.metric].periodSeconds, periods } = definition;
      expect(periodSeconds, id).toBeGreaterThanOrEqual(
        definition.metric === 'replicaAge' ? 900 : Math.min(900, podMetrics[definition.metric].periodSeconds),
      );
      // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html: a day, or a week for periods of an hour and more.
      expect(periodSeconds * periods, id).toBeLessThanOrEqual(periodSeconds >= 3600 ? 7 * 86_400 : 86_400);
      expect(periodSeconds % 60, id).toBe(0);
    }
  });

  test('go by the props where these say what is late', () => {
    expect(alarms['backup-overdue']).toMatchObject({ Threshold: 43_200, TreatMissingData: 'breaching' });
    const other = alarmsOf(podTemplate({ backups: { everyHours: 24, drillEveryDays: 30 } }));
    expect(other['backup-overdue']?.Threshold).toBe(2 * 86_400);
    expect(other['drill-overdue']?.Threshold).toBe(60 * 86_400);
  });

  test('are not of what a pod does not have', () => {
    const missing = (overrides: Partial<PodConfigInput>) => {
      const left = alarmsOf(podTemplate(overrides));
      return alarmIds.filter((id) => !(id in left));
    };
    expect(missing({ backups: { enabled: false } })).toEqual([
      'backup-overdue',
      'backup-not-stored',
      'drill-overdue',
    ]);
    expect(missing({ backups: { drillEveryDays: 0 } })).toEqual(['drill-overdue']);
    expect(missing({ storage: { databases: 'efs' } })).toEqual(['replica-behind']);
    expect(missing({ launch: { smokeTest: false } })).toEqual(['model-not-answering']);
    const domain = {
      names: ['openclaw.example.com'],
      certificateArn: 'arn:aws:iam::123456789012:server-certificate/pod',
    };
    expect(missing({ domain })).toEqual(['certificate-expires']);
  });

  test('say where their page is, and there is a page for each and no other', () => {
    for (const id of alarmIds) expect(alarms[id]?.AlarmDescription).toContain(runbookOf(id));
    const pages = readdirSync(runbooks).filter((name) => name !== 'README.md');
    expect(pages.toSorted()).toEqual(alarmIds.map((id) => `${id}.md`).toSorted());
    const list = readFileSync(join(runbooks, 'README.md'), 'utf8');
    for (const id of alarmIds) {
      expect(list).toContain(`[${id}](${id}.md)`);
      expect(list).toContain(alarmTable[id].says);
    }
  });

  test.each(alarmIds)(
    'the page of %s begins with the command that shows it and ends with the one that mends it',
    (id) => {
      const page = readFileSync(join(runbooks, `${id}.md`), 'utf8');
      const [first = '', ...rest] = [...page.matchAll(/```sh\n(.+?)\n```/gs)].map(([, command]) => command!);
      expect(page.startsWith(`# ${id}\n\n\`\`\`sh\n${first}\n`)).toBe(true);
      const last = rest.at(-1) ?? '';
      expect(last).not.toBe('');
      expect(last).not.toBe(first);
      expect(page.trimEnd().endsWith(`${last}\n\`\`\``)).toBe(true);
      for (const [, link] of page.matchAll(/\]\((?:\.\.\/)?([\w-]+)\.md/g))
        expect([...alarmIds, 'errors', 'backups', 'upgrades']).toContain(link);
    },
  );
});

describe('the prop alarms', () => {
  test('turns off by id, and names by id', () => {
    const given = alarmsOf(withAlarms({ off: ['slow-answers'], names: { 'disk-full': 'team/disk' } }));
    expect(Object.keys(given)).toHaveLength(alarmIds.length - 1);
    expect(given).not.toHaveProperty('slow-answers');
    expect(given['disk-full']?.AlarmName).toBe('team/disk');
  });

  test('sends mails, and opens OpsItems of a severity', () => {
    const given = withAlarms({ emails: ['ops@example.com'], opsItems: 'high' });
    expect(theOne(given, 'AWS::SNS::Subscription').properties).toMatchObject({
      Protocol: 'email',
      Endpoint: 'ops@example.com',
      TopicArn: { Ref: theOne(given, 'AWS::SNS::Topic').id },
    });
    for (const { AlarmActions, OKActions } of Object.values(alarmsOf(given))) {
      expect(AlarmActions.map(flatten)[1]).toMatch(/:opsitem:2#CATEGORY=Availability$/);
      expect(OKActions).toHaveLength(1);
    }
  });

  test('takes a topic that is there, and makes none', () => {
    const topicArn = 'arn:aws:sns:eu-central-1:123456789012:team';
    const given = withAlarms({ topicArn });
    expect(resourcesOf(given, 'AWS::SNS::Topic')).toEqual([]);
    for (const { AlarmActions } of Object.values(alarmsOf(given))) expect(AlarmActions).toEqual([topicArn]);
  });
});

describe('the dashboard', () => {
  const bodyOf = (of: Template) =>
    JSON.parse(
      (
        theOne(of, 'AWS::CloudWatch::Dashboard').properties['DashboardBody'] as {
          'Fn::Join': [string, unknown[]];
        }
      )['Fn::Join'][1]
        .map((part) => (typeof part === 'string' ? part : flatten(part)))
        .join(''),
    ) as { widgets: { type: string; y: number; properties: { title?: string; markdown?: string } }[] };

  test('shows whether people can work before it shows why not', async () => {
    const body = bodyOf(template);
    const titles = body.widgets.flatMap(({ properties: { title, markdown } }) => title ?? markdown ?? []);
    expect(titles.slice(0, 5)).toEqual([
      'Alarms',
      '## People: sign in, open the page, get an answer',
      'Sign-in',
      'Page',
      'Answer',
    ]);
    expect(titles.filter((title) => title.startsWith('## '))).toEqual([
      '## People: sign in, open the page, get an answer',
      '## Machine',
      '## State',
      '## Money',
    ]);
    await expect(`${JSON.stringify(body, undefined, 2)}\n`).toMatchFileSnapshot('./snapshots/dashboard.snap');
  });

  test('has nothing of what the pod does not say, and can be left out', () => {
    expect(JSON.stringify(bodyOf(podTemplate({ storage: { databases: 'efs' } })))).not.toContain(
      'ReplicaAge',
    );
    expect(resourcesOf(podTemplate({ dashboard: false }), 'AWS::CloudWatch::Dashboard')).toEqual([]);
  });
});

describe('access logs of the load balancer', () => {
  const attributesOf = (of: Template) => {
    const { properties } = theOne(of, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
    const attributes = properties['LoadBalancerAttributes'] as { Key: string; Value: unknown }[];
    return Object.fromEntries(attributes.map(({ Key, Value }) => [Key, Value]));
  };

  test('go to a bucket of the pod, which nobody else can read and which keeps them for as long as it is to', () => {
    const attributes = attributesOf(template);
    const { Ref: id } = attributes['access_logs.s3.bucket'] as { Ref: string };
    expect(attributes).toMatchObject({
      'access_logs.s3.enabled': 'true',
      'access_logs.s3.prefix': 'openclaw',
    });
    const bucket = template.Resources[id]!;
    expect(bucket).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate' });
    expect(bucket.Properties).toMatchObject({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      LifecycleConfiguration: { Rules: [{ ExpirationInDays: 365, Status: 'Enabled' }] },
    });
    const [policy] = resourcesOf(template, 'AWS::S3::BucketPolicy').find(([, { Properties }]) =>
      JSON.stringify(Properties?.['Bucket']).includes(id),
    )!;
    expect(theOne(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer').resource.DependsOn).toContain(
      policy,
    );
  });

  test('can be kept for less, or not be made', () => {
    const short = podTemplate({ logs: { accessDays: 30 } });
    expect(JSON.stringify(short)).toContain('"ExpirationInDays":30');
    const none = podTemplate({ logs: { accessDays: 0 } });
    expect(attributesOf(none)).not.toHaveProperty('access_logs.s3.enabled');
    expect(resourcesOf(none, 'AWS::S3::Bucket')).toHaveLength(1);
  });
});
