import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { podMetric, podMetrics, type MetricSources, type PodMetricId } from './metrics.ts';

export interface DashboardProps {
  readonly name: string;
  readonly region: string;
  readonly sources: MetricSources;
  readonly alarms: readonly cloudwatch.IAlarm[];
  /** What this pod says: a graph of what it does not is left out. */
  readonly says: ReadonlySet<PodMetricId>;
}

interface Graph {
  readonly title: string;
  readonly metrics: readonly PodMetricId[];
}

/** A heading, and a row of graphs beneath it: from left to right, from top to bottom, what people feel first. */
const sections: readonly { readonly title: string; readonly graphs: readonly Graph[] }[] = [
  {
    title: 'People: sign in, open the page, get an answer',
    graphs: [
      { title: 'Sign-in', metrics: ['logins', 'loginFailures', 'loginErrors'] },
      {
        title: 'Page',
        metrics: ['ready', 'requests', 'clientErrors', 'gatewayErrors', 'entranceErrors', 'badGateway'],
      },
      { title: 'Answer', metrics: ['modelAnswers', 'responseTime'] },
    ],
  },
  {
    title: 'Machine',
    graphs: [
      { title: 'Instances', metrics: ['launches', 'launchesAbandoned', 'instanceChecksFailed'] },
      { title: 'Gateway', metrics: ['gatewayRestarts', 'gatewayFailed', 'bootstrapRuns'] },
      { title: 'Memory, disk, processor', metrics: ['gatewayMemory', 'diskUsed', 'cpu'] },
    ],
  },
  {
    title: 'State',
    graphs: [
      { title: 'Behind, in seconds', metrics: ['replicaAge', 'notConvergedFor', 'peopleListAge'] },
      {
        title: 'Backups, age in seconds',
        metrics: ['lastBackupAge', 'lastStoredBackupAge', 'lastGoodDrillAge'],
      },
      { title: 'As the spec says', metrics: ['upToDate', 'configProblems', 'conditionsFalse'] },
      { title: 'File system in percent, certificate in days', metrics: ['fileSystemIo', 'certificateDays'] },
    ],
  },
];

/** Yes or no: on an axis of their own, beside numbers of hundreds. */
const flags: readonly PodMetricId[] = ['ready', 'modelAnswers', 'gatewayFailed', 'upToDate'];

const [whole, height] = [24, 6];

/** Whether people can work, then why not: one page for a pod. */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, { name, region, sources, alarms, says }: DashboardProps) {
    super(scope, id);
    const metricsOf = (ids: readonly PodMetricId[]) =>
      ids.map((each) => podMetric(each, sources, { label: podMetrics[each].meaning }));
    const graph = ({ title, metrics }: Graph, width: number) =>
      new cloudwatch.GraphWidget({
        title,
        region,
        width,
        height,
        left: metricsOf(metrics.filter((each) => !flags.includes(each))),
        right: metricsOf(metrics.filter((each) => flags.includes(each))),
        rightYAxis: { min: 0, max: 1, showUnits: false },
      });
    const row = (graphs: readonly Graph[]) =>
      graphs
        .map(({ title, metrics }) => ({ title, metrics: metrics.filter((each) => says.has(each)) }))
        .filter(({ metrics }) => metrics.length > 0)
        .map((each, _, { length }) => graph(each, whole / length));
    const heading = (text: string) =>
      new cloudwatch.TextWidget({ markdown: `## ${text}`, width: whole, height: 1 });
    new cloudwatch.Dashboard(this, 'Page', {
      dashboardName: name,
      defaultInterval: Duration.days(1),
      widgets: [
        ...(alarms.length === 0
          ? []
          : [
              [
                new cloudwatch.AlarmStatusWidget({
                  title: 'Alarms',
                  alarms: [...alarms],
                  width: whole,
                  height: 4,
                }),
              ],
            ]),
        ...sections.flatMap(({ title, graphs }) => [[heading(title)], row(graphs)]),
        [heading('Money')],
        ['Input', 'Output'].map((way) => tokens(way, region)),
      ],
    });
  }
}

/** Bedrock counts by the model, and not by who asks: https://docs.aws.amazon.com/bedrock/latest/userguide/monitoring.html */
function tokens(way: string, region: string): cloudwatch.GraphWidget {
  const search = `SEARCH('{AWS/Bedrock,ModelId} MetricName="${way}TokenCount"', 'Sum', 3600)`;
  return new cloudwatch.GraphWidget({
    title: `${way} tokens of Bedrock by model, of the whole account`,
    region,
    width: whole / 2,
    height,
    left: [
      new cloudwatch.MathExpression({
        expression: search,
        usingMetrics: {},
        label: '',
        period: Duration.hours(1),
      }),
    ],
  });
}
