/**
 * When a target is healthy.
 *
 * Elastic Load Balancing, "Health checks for Application Load Balancer target groups"
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html)
 */

/** `unused` is a target that has left; it is reported once and then gone. */
export type TargetState = 'initial' | 'healthy' | 'unhealthy' | 'draining' | 'unused';

export type HealthReason =
  | 'Elb.RegistrationInProgress'
  | 'Elb.InitialHealthChecking'
  | 'Target.ResponseCodeMismatch'
  | 'Target.Timeout'
  | 'Target.FailedHealthChecks'
  | 'Target.DeregistrationInProgress'
  | 'Target.NotRegistered';

export interface Health {
  readonly state: TargetState;
  /** As in DescribeTargetHealth; a healthy target has none. */
  readonly reason?: HealthReason;
  readonly description?: string;
}

export type ProbeResult =
  | { readonly passed: true }
  | { readonly passed: false; readonly reason: HealthReason; readonly description: string };

export interface Thresholds {
  readonly healthy: number;
  readonly unhealthy: number;
}

/** Health and the checks in a row that speak against it. */
export interface CheckedHealth {
  readonly health: Health;
  readonly against: number;
}

export const registered: CheckedHealth = {
  health: {
    state: 'initial',
    reason: 'Elb.RegistrationInProgress',
    description: 'Target registration is in progress',
  },
  against: 0,
};

const initialChecking: Health = {
  state: 'initial',
  reason: 'Elb.InitialHealthChecking',
  description: 'Initial health checks in progress',
};

/** A new target becomes healthy with its first passed check; one that was unhealthy needs the whole threshold. */
export function afterProbe(
  { health, against }: CheckedHealth,
  result: ProbeResult,
  thresholds: Thresholds,
): CheckedHealth {
  if (health.state === 'draining' || health.state === 'unused') return { health, against };
  const speaksAgainst = result.passed === (health.state === 'unhealthy');
  const count = speaksAgainst ? against + 1 : 0;
  if (result.passed) {
    const passes = health.state === 'unhealthy' ? count >= thresholds.healthy : true;
    return passes ? { health: { state: 'healthy' }, against: 0 } : { health, against: count };
  }
  const { reason, description } = result;
  if (health.state === 'unhealthy' || count >= thresholds.unhealthy) {
    return { health: { state: 'unhealthy', reason, description }, against: 0 };
  }
  return { health: health.state === 'initial' ? initialChecking : health, against: count };
}
