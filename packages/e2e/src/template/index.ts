export {
  listeners,
  loadBalancers,
  targetGroups,
  type ListenerResource,
  type LoadBalancerResource,
} from './balancer.ts';
export { addressIn } from './cidr.ts';
export { userPool, type UserPoolResource } from './login.ts';
export {
  autoScalingGroup,
  launchTemplate,
  loadBalancerSubnets,
  subnets,
  type AutoScalingGroupResource,
  type LaunchTemplateResource,
  type SubnetResource,
} from './machine.ts';
export { resolveTemplate, type ResolveOptions } from './resolve.ts';
export { rolePolicies, type RolePolicies } from './role-policies.ts';
export {
  onlyResource,
  resourcesOf,
  type Attribute,
  type Physical,
  type Resource,
  type Stack,
  type StackIdentity,
} from './stack.ts';
export {
  buckets,
  dnsRecords,
  parameters,
  secrets,
  specParameter,
  type BucketResource,
  type DnsRecord,
  type ParameterResource,
} from './values.ts';
