import { Fn, Token } from 'aws-cdk-lib';
import { Connections, type ISecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import * as z from 'zod';
import { InfraError } from './errors.ts';
import { dnsName } from './options/domain-options.ts';
import { must } from './options/must.ts';
import { podName } from './options/pod-options.ts';
import { checked } from './options/refusal.ts';
import { refuseElsewhere } from './parts/elsewhere.ts';
import type { MetricSources } from './parts/metrics.ts';
import { groupNameOf, PodBase } from './pod-base.ts';

/**
 * A pod that another stack has made, in the account and the Region of the stack that imports it. Who asks for what was left out
 * gets `ATTRIBUTE_MISSING`.
 */
export interface OpenClawPodAttributes {
  /** `name` of the pod. Refused: `NAME_INVALID`. */
  readonly podName: string;
  /** The first of its DNS names. Refused: `DNS_NAME_INVALID`. */
  readonly dnsName: string;
  /** The complete ARN of its secret. Refused: `ATTRIBUTE_INVALID`, `EXISTING_PART_ELSEWHERE`. */
  readonly secretArn: string;
  /** ARN of the key of its secret. Default: that of the service. Refused: `ATTRIBUTE_INVALID`, `EXISTING_PART_ELSEWHERE`. */
  readonly keyArn?: string | undefined;
  /** Of the instance, for `connections`. Default: not known. */
  readonly gatewaySecurityGroup?: ISecurityGroup | undefined;
  /** For the metrics of load balancer and gateway. Default: not known. Refused: `ATTRIBUTE_INVALID`, `EXISTING_PART_ELSEWHERE`. */
  readonly loadBalancerArn?: string | undefined;
  /** For the metrics of the gateway. Default: not known. Refused: `ATTRIBUTE_INVALID`, `EXISTING_PART_ELSEWHERE`. */
  readonly targetGroupArn?: string | undefined;
  /** For its metric. Default: not known. Refused: `ATTRIBUTE_INVALID`, `EXISTING_PART_ELSEWHERE`. */
  readonly certificateArn?: string | undefined;
  /** For the metrics of the file system. Default: not known. Refused: `ATTRIBUTE_INVALID`. */
  readonly fileSystemId?: string | undefined;
}

/** A value that only the deployment knows is let through. */
const text = (form: RegExp, what: string) =>
  z.string().refine(
    ...must<string>(
      (value) => form.test(value) || Token.isUnresolved(value),
      'ATTRIBUTE_INVALID',
      (shown) => `${shown} is not ${what}.`,
    ),
  );

const attributesSchema = z.strictObject({
  podName,
  dnsName,
  secretArn: text(
    /^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:.+-[0-9A-Za-z]{6}$/,
    'the complete ARN of a secret, with the six characters at its end',
  ),
  keyArn: text(/^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/, 'the ARN of a KMS key').optional(),
  gatewaySecurityGroup: z.custom<ISecurityGroup>((group) => group !== null).optional(),
  loadBalancerArn: text(
    /^arn:[a-z-]+:elasticloadbalancing:[a-z0-9-]+:\d{12}:loadbalancer\/app\/[\w-]+\/[0-9a-f]+$/,
    'the ARN of an Application Load Balancer',
  ).optional(),
  targetGroupArn: text(
    /^arn:[a-z-]+:elasticloadbalancing:[a-z0-9-]+:\d{12}:targetgroup\/[\w-]+\/[0-9a-f]+$/,
    'the ARN of a target group',
  ).optional(),
  certificateArn: text(
    /^arn:[a-z-]+:acm:[a-z0-9-]+:\d{12}:certificate\/.+$/,
    'the ARN of a certificate of ACM',
  ).optional(),
  fileSystemId: text(/^fs-([0-9a-f]{8}|[0-9a-f]{17,40})$/, 'the id of a file system').optional(),
});

/** What stands for a pod that is not of this app. */
export class ImportedPod extends PodBase {
  readonly podName: string;
  readonly url: string;
  readonly secretArn: string;
  protected readonly metricSources: MetricSources;
  protected readonly secretKeyArn: string | undefined;
  readonly #gatewaySecurityGroup: ISecurityGroup | undefined;

  /** @throws InfraError what `OpenClawPodAttributes` says */
  constructor(scope: Construct, id: string, attributes: OpenClawPodAttributes) {
    super(scope, id);
    const of = checked(attributesSchema, attributes);
    for (const [name, value] of Object.entries(of)) {
      if (typeof value === 'string' && name.endsWith('Arn')) refuseElsewhere(this, name, value);
    }
    this.podName = of.podName;
    this.url = `https://${of.dnsName}`;
    this.secretArn = of.secretArn;
    this.secretKeyArn = of.keyArn;
    this.#gatewaySecurityGroup = of.gatewaySecurityGroup;
    this.metricSources = {
      pod: of.podName,
      autoScalingGroup: groupNameOf(of.podName),
      // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html#load-balancer-metric-dimensions-alb
      loadBalancer: behind('loadbalancer/', of.loadBalancerArn),
      targetGroup: of.targetGroupArn && `targetgroup/${behind('targetgroup/', of.targetGroupArn)}`,
      fileSystem: of.fileSystemId,
      certificate: of.certificateArn,
    };
  }

  get connections(): Connections {
    const group = this.#gatewaySecurityGroup;
    if (group !== undefined) return new Connections({ securityGroups: [group] });
    throw new InfraError(
      'ATTRIBUTE_MISSING',
      `connections: the security group of the instance is not known of the pod ${this.podName}. ` +
        'Give gatewaySecurityGroup among the attributes of the pod.',
    );
  }
}

function behind(mark: string, arn: string | undefined): string | undefined {
  return arn === undefined ? undefined : Fn.select(1, Fn.split(mark, arn));
}
