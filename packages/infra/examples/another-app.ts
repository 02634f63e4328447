import { OpenClawPod, podMetrics, type IOpenClawPod, type PodMetricId } from '@clawharbor/infra';
import { App, Stack } from 'aws-cdk-lib';
import { Dashboard, GraphWidget } from 'aws-cdk-lib/aws-cloudwatch';

/** Another app looks at a pod: a dashboard of what CloudWatch has of it. */
export const app = new App();
const stack = new Stack(app, 'Watch', { env: { account: '123456789012', region: 'eu-central-1' } });
const pod: IOpenClawPod = OpenClawPod.fromOpenClawPodAttributes(stack, 'Pod', {
  podName: 'openclaw',
  dnsName: 'openclaw.example.com',
  secretArn: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:PodSecret-AbCdEf',
  loadBalancerArn:
    'arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/Pod/0123456789abcdef',
  targetGroupArn: 'arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/Pod/fedcba9876543210',
});
const shown: readonly PodMetricId[] = ['ready', 'requests', 'responseTime', 'cpu', 'lastBackupAge'];
new Dashboard(stack, 'Dashboard', {
  widgets: shown.map((id) => [new GraphWidget({ title: podMetrics[id].meaning, left: [pod.metric(id)] })]),
});
