/** The load balancers of a stack, as CloudFormation describes them: properties resolved, tied together by ARN. */
import { resourcesOf, type Stack } from './stack.ts';

export interface ListenerResource {
  readonly arn: string;
  readonly properties: Readonly<Record<string, unknown>>;
  /** Properties of its AWS::ElasticLoadBalancingV2::ListenerRule resources. */
  readonly rules: ReadonlyArray<Readonly<Record<string, unknown>>>;
}

export interface LoadBalancerResource {
  readonly arn: string;
  readonly dnsName: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly listeners: readonly ListenerResource[];
}

const family = 'AWS::ElasticLoadBalancingV2';

export function loadBalancers(stack: Stack): LoadBalancerResource[] {
  const all = listeners(stack);
  return resourcesOf(stack, `${family}::LoadBalancer`).map(({ ref, attributes, properties }) => ({
    arn: ref,
    dnsName: String(attributes['DNSName']),
    properties,
    listeners: all.filter((listener) => listener.properties['LoadBalancerArn'] === ref),
  }));
}

export function listeners(stack: Stack): ListenerResource[] {
  const rules = resourcesOf(stack, `${family}::ListenerRule`).map(({ properties }) => properties);
  return resourcesOf(stack, `${family}::Listener`).map(({ ref, properties }) => ({
    arn: ref,
    properties,
    rules: rules.filter((rule) => rule['ListenerArn'] === ref),
  }));
}

/** Properties of each target group, by ARN. */
export function targetGroups(stack: Stack): Record<string, Readonly<Record<string, unknown>>> {
  return Object.fromEntries(
    resourcesOf(stack, `${family}::TargetGroup`).map(({ ref, properties }) => [ref, properties]),
  );
}
