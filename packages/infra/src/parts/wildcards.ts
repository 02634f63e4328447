import { Stack, Validations } from 'aws-cdk-lib';
import type { Policy } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

/** Why the instance role names no single resource, by the service of the ARN. Any other wildcard stays a finding. */
const reasons: Readonly<Record<string, string>> = {
  '*': 'Actions that know no resources (listing models, describing instances, Marketplace through Bedrock, the channels of Session Manager).',
  bedrock: 'A pod may call every foundation model, abroad only through an inference profile of the account.',
  autoscaling: 'The id that Auto Scaling gives the group. Its name is exact.',
  s3: 'The archives of the pod, below its own prefix in its own bucket.',
  logs: 'The streams of the log group of the pod.',
};

/**
 * Why what a pod grants to others names no single resource. Not for `*`: it would speak for what the principal has of others, too.
 */
const reasonsOfGrants: Readonly<Record<string, string>> = {
  ec2: 'The instances that have the tag of the pod.',
  ssm: 'The own sessions, by the tag that Session Manager gives them.',
};

/** Tells cdk-nag (AwsSolutions-IAM5) why, for each wildcard by itself: a new one is a new finding. */
export function acknowledgeWildcards(policy: Policy): void {
  const { Statement } = policy.document.toJSON() as { Statement: readonly { Resource?: unknown }[] };
  acknowledge(
    policy,
    Statement.flatMap(({ Resource }) => Resource ?? []),
    reasons,
  );
}

/** As {@link acknowledgeWildcards}, for what was added to the policies of a role, user or group. */
export function acknowledgeGrant(principal: IConstruct, resources: readonly string[]): void {
  acknowledge(principal, resources, reasonsOfGrants);
}

function acknowledge(
  scope: IConstruct,
  resources: readonly unknown[],
  why: Readonly<Record<string, string>>,
): void {
  const names = new Set(resources.map((resource) => flat(Stack.of(scope).resolve(resource))));
  for (const name of names) {
    const service = /^arn:(?:<.*?>|[a-z-]+):([a-z0-9-]+):/.exec(name)?.[1];
    const reason = why[service ?? name];
    if (!name.includes('*') || reason === undefined) continue;
    Validations.of(scope).acknowledge({ id: `AwsSolutions::AwsSolutions-IAM5[Resource::${name}]`, reason });
  }
}

/** As cdk-nag writes a value with references in it. */
function flat(value: unknown): string {
  if (typeof value === 'string') return value;
  const intrinsic = value as { Ref?: string; 'Fn::GetAtt'?: string[]; 'Fn::Join'?: [string, unknown[]] };
  if (intrinsic['Fn::Join']) return intrinsic['Fn::Join'][1].map(flat).join(intrinsic['Fn::Join'][0]);
  return `<${intrinsic.Ref ?? intrinsic['Fn::GetAtt']?.join('.') ?? ''}>`;
}
