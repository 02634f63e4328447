import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** The constructs in which a pod breaks a rule on purpose. */
export interface Acknowledged {
  readonly network: IConstruct;
  readonly login: IConstruct;
  readonly entrance: IConstruct;
  readonly secrets: IConstruct;
  readonly scaling: IConstruct;
  /** Absent where there is no bucket. */
  readonly backups?: IConstruct | undefined;
  readonly accessLogs?: IConstruct | undefined;
}

/** Rules of cdk-nag (AwsSolutions) and of CDK that a pod breaks on purpose, and why. */
const reasons: Readonly<Record<keyof Acknowledged, Readonly<Record<string, string>>>> = {
  network: {
    'AwsSolutions::AwsSolutions-VPC7':
      'Flow logs are the choice of the account: pass existingNetwork, or add them to the VPC. Every request of a person is in the journal of the gateway.',
  },
  login: {
    'AwsSolutions::AwsSolutions-COG2': 'login.mfa decides: optional lets a team begin, required enforces it.',
    'AwsSolutions::AwsSolutions-COG8':
      'The Plus plan costs per user. Only an admin creates users here, and the gateway is behind the login whatever the plan.',
  },
  entrance: {
    'AwsSolutions::AwsSolutions-EC23':
      'People reach the login page from anywhere unless network.allowedCidrs says otherwise; only HTTPS, and the redirect to it, is open.',
    'AwsSolutions::AwsSolutions-ELB2': 'Access logs are on unless logs.accessDays is 0.',
  },
  accessLogs: {
    'AwsSolutions::AwsSolutions-S1':
      'Logs of who reads the logs need another bucket, and CloudTrail records data events without one.',
  },
  secrets: {
    'AwsSolutions::AwsSolutions-SMG4':
      'Keys of model providers are issued by the providers: nothing on AWS can rotate them. A new value goes live without a deployment.',
  },
  backups: {
    'AwsSolutions::AwsSolutions-S1':
      'Access logs need a bucket of the account, and CloudTrail records data events without one.',
  },
  scaling: {
    'AwsSolutions::AwsSolutions-AS3':
      'One instance replaces itself; the alarms of a pod watch the target group and the launches, not the scaling events.',
    'Annotation::@aws-cdk/aws-autoscaling:desiredCapacitySet':
      'Minimum, maximum and desired capacity are all 1: there is no other size to reset.',
  },
};

export function acknowledgeRules(constructs: Acknowledged): void {
  for (const [part, rules] of Object.entries(reasons)) {
    const construct = constructs[part as keyof Acknowledged];
    if (construct === undefined) continue;
    const validations = Validations.of(construct);
    for (const [id, reason] of Object.entries(rules)) validations.acknowledge({ id, reason });
  }
}

/** Rules of CloudFormation on the form of ids, which the dummy values of CDK's lookups do not have. */
const formats = ['E1151', 'E1154', 'F3031', 'F3033'];

/**
 * In the first synthesis of an app with lookups ids are not what they will be; the rules would end it, and the CLI would never
 * get to look up. In the second they hold.
 */
export function acknowledgePendingIds(pod: IConstruct): void {
  for (const rule of formats) {
    Validations.of(pod).acknowledge({
      id: `CloudFormation-Validate::${rule}`,
      reason: 'The CLI looks up what this is, and synthesizes again.',
    });
  }
}
