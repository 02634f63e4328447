export {
  LoadBalancer,
  type LoadBalancerEvents,
  type LoadBalancerOptions,
  type LocalListener,
  startLoadBalancer,
  type TargetHealthEvent,
} from './load-balancer.ts';
export type { AccessRecord } from './serving.ts';
export type { UserPoolEndpoints } from './identity-provider.ts';
export type { ServerCertificate } from './open-server.ts';
export type { Address, Connect } from './target-connection.ts';
export type { TargetDescription, TargetHealth } from './target-group.ts';
export type { Health, HealthReason, TargetState } from './target-health.ts';
