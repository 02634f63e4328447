import { EventEmitter } from 'node:events';
import type { Report } from '@clawharbor/bootstrap';
import type { DataDirectory } from './data-dir.ts';
import type { Entrance } from './entrance.ts';
import { PodError } from './errors.ts';
import type { SecretEvent } from './events.ts';
import { starting } from './failures.ts';
import type { InstanceGroup } from './instance-group.ts';
import type { OverlayChange } from './overlay.ts';
import { changePerson, type PersonChange } from './person-action.ts';
import { putSecret } from './secret.ts';

export interface PodStatus {
  readonly url: string;
  /** Where the login page is. */
  readonly loginUrl: string;
  readonly dataDir: string;
  readonly instances: readonly InstanceStatus[];
  /** Of the last run on the instance. */
  readonly report: Report | undefined;
  /** What differs from AWS, and why. */
  readonly overlay: readonly OverlayChange[];
}

export interface InstanceStatus {
  readonly instanceId: string;
  /** As Auto Scaling says it. */
  readonly lifecycleState: string;
  /** As the load balancer says it. */
  readonly targetHealth: string;
}

export interface OperationsOptions {
  readonly url: string;
  readonly loginUrl: string;
  readonly directory: DataDirectory;
  readonly entrance: Entrance;
  readonly instances: InstanceGroup;
  readonly overlay: readonly OverlayChange[];
  /** Settles when the pod is to end. */
  readonly stopped: Promise<void>;
}

/** What a deployed pod can be asked, and asked to do. */
export class PodOperations {
  readonly #options: OperationsOptions;
  readonly #reports = new Map<string, Report>();
  readonly #happened = new EventEmitter<{
    launchFailed: [instanceId: string, reason: PodError];
    reported: [report: Report];
  }>();
  /** How long the gateway took to restart last time, in milliseconds; undefined before it ever started. */
  #restartMs: number | undefined;
  #wasReady = false;

  constructor(options: OperationsOptions) {
    this.#options = options;
  }

  /** Whether a person could log in, once. */
  get wasReady(): boolean {
    return this.#wasReady;
  }

  opened(): void {
    this.#wasReady = true;
  }

  reported(instanceId: string, report: Report): void {
    this.#reports.set(instanceId, report);
    const start = report.steps.find(({ name }) => name === 'start-gateway');
    const ready = report.steps.find(({ name }) => name === 'wait-ready');
    if (start?.status === 'changed' && ready) this.#restartMs = start.durationMs + ready.durationMs;
    this.#happened.emit('reported', report);
  }

  launchFailed(instanceId: string, reason: PodError): void {
    this.#happened.emit('launchFailed', instanceId, reason);
  }

  lifecycleState(instanceId: string): string | undefined {
    return this.#options.instances.group.state.instances.find(({ id }) => id === instanceId)?.state;
  }

  status(): PodStatus {
    const { directory, entrance, instances, loginUrl, overlay, url } = this.#options;
    const health = entrance.loadBalancer.targetHealth(entrance.targetGroupArn);
    const running = instances.group.state.instances;
    return {
      url,
      loginUrl,
      dataDir: directory.root,
      instances: running.map(({ id, state }) => ({
        instanceId: id,
        lifecycleState: state,
        targetHealth: health.find(({ target }) => target.id === id)?.state ?? 'unused',
      })),
      report: running.map(({ id }) => this.#reports.get(id)).findLast((report) => report !== undefined),
      overlay,
    };
  }

  changePerson(change: PersonChange): Promise<object> {
    return changePerson(this.#options.entrance.pool, change);
  }

  /** Resolves with an instance that has finished its launch. */
  inService(): Promise<string> {
    return this.#until(({ lifecycleState }) => lifecycleState === 'InService');
  }

  /** Resolves with the instance that is in service and healthy, and not one of `others`. */
  serving(others: readonly string[] = []): Promise<string> {
    return this.#until(
      ({ instanceId, lifecycleState, targetHealth }) =>
        lifecycleState === 'InService' && targetHealth === 'healthy' && !others.includes(instanceId),
    );
  }

  async replace(emit: (event: unknown) => void): Promise<void> {
    if (!this.#wasReady) throw starting();
    const started = performance.now();
    const { group } = this.#options.instances;
    const before = group.state.instances.map(({ id }) => id);
    const failure = this.#stopDuring('the replacement');
    const failed = (instanceId: string, { code, message }: PodError) => {
      if (before.includes(instanceId)) return;
      failure.reject(
        new PodError(code, `${instanceId} failed, and Auto Scaling launches another: ${message}`),
      );
    };
    this.#happened.on('launchFailed', failed);
    try {
      const gone = await group.terminateAndReplace();
      for (const instanceId of gone) emit({ event: 'instance', instanceId, state: 'Terminating' });
      const instanceId = await Promise.race([this.serving(before), failure.promise]);
      emit({ event: 'replaced', instanceId, durationMs: Math.round(performance.now() - started) });
    } finally {
      this.#happened.off('launchFailed', failed);
    }
  }

  /** Resolves when the gateway has the secret and people can work again. */
  async setSecret(name: string, value: string, emit: (event: SecretEvent) => void): Promise<void> {
    const since = Date.now();
    const changed = await putSecret(this.#options.directory, name, value);
    if (!changed) return emit({ event: 'secret', name, state: 'unchanged' });
    // An instance that starts looks again when it is done.
    if (!this.#wasReady) return emit({ event: 'secret', name, state: 'stored' });
    const durationMs = this.#restartMs;
    emit({ event: 'secret', name, state: 'restarting', ...(durationMs === undefined ? {} : { durationMs }) });
    const failure = this.#stopDuring('the restart of the gateway');
    const report = await Promise.race([this.#reportOfRunSince(since), failure.promise]);
    const error = report.steps.find((step) => step.error)?.error;
    if (report.outcome === 'failed') {
      throw new PodError(
        error?.code ?? 'INSTANCE_FAILED',
        `${name} is stored, and the gateway did not come up with it: ${error?.message ?? 'it gave no reason'}`,
      );
    }
    await Promise.race([this.serving(), failure.promise]);
    emit({ event: 'secret', name, state: 'live', durationMs: Date.now() - since });
  }

  /** A run that began after a change has seen it. */
  #reportOfRunSince(since: number): Promise<Report> {
    const { promise, resolve } = Promise.withResolvers<Report>();
    const look = (report: Report) => {
      if (Date.parse(report.startedAt) >= since) resolve(report);
    };
    this.#happened.on('reported', look);
    return promise.finally(() => this.#happened.off('reported', look));
  }

  #stopDuring(what: string): PromiseWithResolvers<never> {
    const failure = Promise.withResolvers<never>();
    failure.promise.catch(() => {});
    this.#options.stopped.then(
      () => failure.reject(new PodError('POD_STOPPED', `the pod was stopped during ${what}`)),
      failure.reject,
    );
    return failure;
  }

  async #until(wanted: (instance: InstanceStatus) => boolean): Promise<string> {
    const { entrance, instances } = this.#options;
    const find = () => this.status().instances.find(wanted);
    const { promise, resolve } = Promise.withResolvers<string>();
    const look = () => {
      const found = find();
      if (found) resolve(found.instanceId);
    };
    entrance.loadBalancer.on('targetHealth', look);
    void instances.group.until(() => {
      look();
      return find() !== undefined;
    });
    look();
    return promise.finally(() => entrance.loadBalancer.off('targetHealth', look));
  }
}
