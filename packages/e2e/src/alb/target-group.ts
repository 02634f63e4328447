/**
 * The targets of one group: registration, health, draining, and whose turn it is.
 *
 * Elastic Load Balancing, "Target groups for your Application Load Balancers": deregistration delay, routing algorithm
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html); "Health checks
 * for Application Load Balancer target groups": a group with unhealthy targets only fails open.
 */
import { StandInError } from '../errors.ts';
import { probe } from './health-check.ts';
import type { TargetGroupProperties } from './shapes.ts';
import { type Address, type Connect, TargetConnections } from './target-connection.ts';
import { afterProbe, type CheckedHealth, type Health, registered } from './target-health.ts';

/** A target as it is registered: `id` is what DescribeTargetHealth names it by, an instance id or an address. */
export interface TargetDescription extends Address {
  readonly id: string;
}

export interface TargetHealth extends Health {
  readonly target: TargetDescription;
}

export interface TargetGroupSurroundings {
  readonly connect: Connect;
  readonly idleTimeoutSeconds: number;
  /** Health checks run this many times as often as declared. */
  readonly healthCheckPace: number;
  readonly onHealth: (health: TargetHealth) => void;
}

/** A request or WebSocket that a target is serving. */
export interface InFlight {
  abort(): unknown;
}

export class Target {
  readonly description: TargetDescription;
  readonly connections: TargetConnections;
  readonly inFlight = new Set<InFlight>();
  checked: CheckedHealth = registered;
  timer: NodeJS.Timeout | undefined;
  onIdle: (() => void) | undefined;

  constructor(description: TargetDescription, connections: TargetConnections) {
    this.description = description;
    this.connections = connections;
  }

  /** Counts a request until the returned function is called. */
  serve(request: InFlight): () => void {
    this.inFlight.add(request);
    return () => {
      this.inFlight.delete(request);
      if (this.inFlight.size === 0) this.onIdle?.();
    };
  }
}

export class TargetGroup {
  readonly arn: string;
  readonly #properties: TargetGroupProperties;
  readonly #deregistrationDelay: number;
  readonly #surroundings: TargetGroupSurroundings;
  readonly #targets = new Map<string, Target>();
  #turn = 0;

  constructor(arn: string, properties: TargetGroupProperties, surroundings: TargetGroupSurroundings) {
    this.arn = arn;
    this.#properties = properties;
    this.#surroundings = surroundings;
    const delay = properties.TargetGroupAttributes.find(
      ({ Key }) => Key === 'deregistration_delay.timeout_seconds',
    );
    this.#deregistrationDelay = Number(delay?.Value ?? 300);
  }

  /** A target that is registered already stays as it is; one that is draining starts anew. */
  register(description: TargetDescription): void {
    const known = this.#targets.get(description.id);
    if (known && known.checked.health.state !== 'draining') return;
    if (known) this.#remove(known);
    const { connect, idleTimeoutSeconds } = this.#surroundings;
    const connections = new TargetConnections(connect, description, idleTimeoutSeconds * 1000);
    const target = new Target(description, connections);
    this.#targets.set(description.id, target);
    this.#surroundings.onHealth({ target: description, ...target.checked.health });
    void this.#check(target);
  }

  /**
   * Stops sending new requests to a target. Resolves when its last request is done or the deregistration delay is over;
   * what is still running then is cut off. Throws `TARGET_UNKNOWN`.
   */
  async deregister(id: string): Promise<void> {
    const target = this.#targets.get(id);
    if (!target)
      throw new StandInError('TARGET_UNKNOWN', `${id} is not registered with target group ${this.arn}.`);
    clearTimeout(target.timer);
    this.#change(target, {
      state: 'draining',
      reason: 'Target.DeregistrationInProgress',
      description: 'Target deregistration is in progress',
    });
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#deregistrationDelay * 1000);
      target.onIdle = () => {
        clearTimeout(timer);
        resolve();
      };
      if (target.inFlight.size === 0) target.onIdle();
    });
    if (this.#targets.get(id) === target) this.#remove(target);
  }

  health(): TargetHealth[] {
    return [...this.#targets.values()].map(({ description, checked }) => ({
      target: description,
      ...checked.health,
    }));
  }

  /** Takes turns among the healthy targets, or among the unhealthy ones when there is none. */
  next(): Target | undefined {
    const targets = [...this.#targets.values()];
    const healthy = targets.filter(({ checked }) => checked.health.state === 'healthy');
    const eligible =
      healthy.length > 0 ? healthy : targets.filter(({ checked }) => checked.health.state === 'unhealthy');
    this.#turn += 1;
    return eligible[this.#turn % eligible.length];
  }

  close(): void {
    for (const target of this.#targets.values()) this.#remove(target);
  }

  async #check(target: Target): Promise<void> {
    const { connect, healthCheckPace } = this.#surroundings;
    const { HealthCheckIntervalSeconds, HealthyThresholdCount, UnhealthyThresholdCount } = this.#properties;
    // The time a target takes to answer does not move its next check.
    const interval = (HealthCheckIntervalSeconds * 1000) / healthCheckPace;
    target.timer = setTimeout(() => void this.#check(target), interval);
    const result = await probe(target.description, this.#properties, connect);
    const before = target.checked.health;
    const thresholds = { healthy: HealthyThresholdCount, unhealthy: UnhealthyThresholdCount };
    target.checked = afterProbe(target.checked, result, thresholds);
    const { health } = target.checked;
    if (health.state !== before.state || health.description !== before.description) {
      this.#surroundings.onHealth({ target: target.description, ...health });
    }
  }

  #remove(target: Target): void {
    clearTimeout(target.timer);
    this.#targets.delete(target.description.id);
    this.#change(target, {
      state: 'unused',
      reason: 'Target.NotRegistered',
      description: 'Target is not registered to the target group',
    });
    for (const request of target.inFlight) request.abort();
    target.connections.destroy();
  }

  #change(target: Target, health: Health): void {
    target.checked = { health, against: 0 };
    this.#surroundings.onHealth({ target: target.description, ...health });
  }
}
