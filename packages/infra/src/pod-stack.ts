import { CfnOutput, Fn, Stack, type StackProps } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { HostedZone, type IHostedZone } from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import { OpenClawPod } from './openclaw-pod.ts';
import type { OpenClawPodProps } from './openclaw-pod-props.ts';
import type { PodConfig } from './options/pod-config.ts';

export interface PodStackProps extends StackProps {
  readonly config: PodConfig;
  /** See {@link OpenClawPodProps.bundle}. */
  readonly bundle?: string | undefined;
}

type Zone = NonNullable<PodConfig['domain']['hostedZone']>;

/** A stack with one pod, as a config file describes it. */
export class PodStack extends Stack {
  readonly pod: OpenClawPod;

  constructor(scope: Construct, id: string, { config, bundle, ...props }: PodStackProps) {
    const { account, region, domain, ...options } = config;
    super(scope, id, { ...props, env: { account, region } });
    const { hostedZone, privateZone, certificateArn, certificateAuthorityArn, records, names } = domain;
    this.pod = new OpenClawPod(this, 'Pod', {
      ...(options as Omit<OpenClawPodProps, 'domain'>),
      domain: {
        names,
        records,
        certificateAuthorityArn,
        ...(hostedZone === undefined ? {} : { hostedZone: this.zone('Zone', hostedZone) }),
        ...(privateZone === undefined ? {} : { privateZone: this.zone('PrivateZone', privateZone) }),
        ...(certificateArn === undefined
          ? {}
          : { certificate: Certificate.fromCertificateArn(this, 'Certificate', certificateArn) }),
      },
      ...(bundle === undefined ? {} : { bundle }),
    });
    const outputs = {
      // A session of one's own. At / a new browser shows the main session, which belongs to whoever began it.
      Url: `${this.pod.url}/new`,
      UserPoolId: this.pod.userPool.userPoolId,
      SecretArn: this.pod.secret.secretArn,
      SpecParameterName: this.pod.specParameterName,
      AutoScalingGroupName: this.pod.autoScalingGroup.autoScalingGroupName,
      LogGroupName: this.pod.logGroup.logGroupName,
      AlarmTopicArn: this.pod.alarmTopic.topicArn,
      // For the prop of this name.
      DeployedAs: this.pod.deployedAs,
      // Somebody has to point the names at it.
      ...((privateZone ?? hostedZone) === undefined || !records
        ? { LoadBalancerDnsName: this.pod.loadBalancer.loadBalancerDnsName }
        : {}),
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }

  private zone(construct: string, { id: hostedZoneId, name: zoneName }: Zone): IHostedZone {
    return HostedZone.fromHostedZoneAttributes(this, construct, { hostedZoneId, zoneName });
  }

  /** Decided by CloudFormation: a lookup would need credentials at synth. */
  override get availabilityZones(): string[] {
    return [0, 1].map((index) => Fn.select(index, Fn.getAzs()));
  }
}
