import { OpenClawPod } from '@clawharbor/infra';
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { HostedZone } from 'aws-cdk-lib/aws-route53';

/** The least that there is: a hosted zone and a name. */
export const app = new App();
const stack = new Stack(app, 'Minimal', { env: { region: 'eu-central-1' } });
const hostedZone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', {
  hostedZoneId: 'Z0123456789ABCDEFGHIJ',
  zoneName: 'example.com',
});
const pod = new OpenClawPod(stack, 'Pod', { domain: { hostedZone, names: ['openclaw.example.com'] } });
new CfnOutput(stack, 'Url', { value: `${pod.url}/new` });
