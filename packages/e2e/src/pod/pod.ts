import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import type { Report } from '@clawharbor/bootstrap';
import { parameterStore } from '../aws/index.ts';
import { startModel } from '../model/index.ts';
import { serveControl } from './control.ts';
import { lockDataDirectory } from './data-dir-lock.ts';
import type { DataDirectory } from './data-dir.ts';
import { readDeployment, type Deployment } from './deployment.ts';
import { startEntrance, type Entrance } from './entrance.ts';
import { PodError } from './errors.ts';
import type { Listener, ReadyEvent, StepEvent } from './events.ts';
import { InstanceGroup } from './instance-group.ts';
import { clearLeftovers } from './leftovers.ts';
import type { MachineEnd } from './machine.ts';
import type { LocalNetwork } from './network.ts';
import { openNetwork } from './open-network.ts';
import { applyOverlay, laptopOverlay, type OverlayChange } from './overlay.ts';
import { refuseTakenPort, tryPort } from './port.ts';
import { openSecretsManager, putSecret, rememberSecret } from './secret.ts';

export interface PodOptions {
  readonly directory: DataDirectory;
  /** The one visible port, on localhost. */
  readonly port: number;
  /** Config file. Default: the example of `@clawharbor/infra`. */
  readonly config?: string | undefined;
  readonly listener: Listener;
  /** Stops the pod, also while it starts. */
  readonly signal: AbortSignal;
}

export interface PodStatus {
  readonly url: string;
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

/**
 * Runs a pod until the signal ends it.
 * @throws PodError, or the coded error of what failed
 */
export async function runPod(options: PodOptions): Promise<void> {
  const { directory, port, signal } = options;
  const lock = lockDataDirectory(directory);
  if (!lock) {
    throw new PodError(
      'DATA_DIR_BUSY',
      `a pod runs in ${directory.root} already, or is being stopped: end it with clawharbor-local down, or choose another --data-dir`,
    );
  }
  const pod = new Pod(options);
  try {
    await refuseTakenPort(port);
    await clearLeftovers(directory);
    await pod.start();
    await pod.stopped;
  } catch (error) {
    // Whoever stops a pod does not want to hear what that interrupted.
    if (!signal.aborted) throw error;
  } finally {
    await pod.close().catch((error: unknown) => process.emitWarning(error as Error));
    lock.release();
  }
}

/** The parts of a pod that there are once its template is deployed. */
interface Deployed {
  readonly entrance: Entrance;
  readonly instances: InstanceGroup;
}

class Pod {
  /** Settles when the pod is to end: resolves when asked to, rejects when it cannot go on. */
  readonly stopped: Promise<void>;
  readonly #options: PodOptions;
  readonly #closers: (() => Promise<void>)[] = [];
  readonly #reports = new Map<string, Report>();
  readonly #launches = new EventEmitter<{ failed: [instanceId: string, reason: PodError] }>();
  readonly #url: string;
  #overlay: readonly OverlayChange[] = [];
  #parts: Deployed | undefined;
  #wasReady = false;
  #stop!: () => void;
  #fail!: (error: unknown) => void;

  constructor(options: PodOptions) {
    this.#options = options;
    this.#url = `https://localhost:${options.port}`;
    this.stopped = new Promise((resolve, reject) => {
      this.#stop = resolve;
      this.#fail = reject;
    });
    this.stopped.catch(() => {});
    options.signal.addEventListener('abort', () => this.#stop(), { once: true });
    if (options.signal.aborted) this.#stop();
  }

  /** Resolves when a person can log in, or the pod is to end. */
  async start(): Promise<void> {
    const { directory, port, config } = this.#options;
    // First of all, so that whatever starts can be stopped.
    await this.#opened(
      serveControl(directory, {
        ping: () => Promise.resolve(process.pid),
        status: () => Promise.resolve(this.#status()),
        replace: (_, emit) => this.#replace(emit),
        secret: (input) => {
          const { name, value } = input as { name: string; value: string };
          return putSecret(directory, name, value);
        },
        down: () => this.#down(),
      }),
    );
    const deployment = await this.#step('synth', () => readDeployment({ directory, config }));
    const network = await this.#step(
      'network',
      () => this.#opened(openNetwork(deployment, directory)),
      ({ description }) => [description],
    );
    const entrance = await this.#step('login', () =>
      this.#opened(startEntrance({ deployment, directory, network, port })),
    );
    const instances = await this.#step('deploy', () => this.#deploy(deployment, network, entrance));
    this.#parts = { entrance, instances };
    await instances.start();
    await Promise.race([this.#ready(), this.stopped]);
  }

  async close(): Promise<void> {
    // In reverse: what was opened last may need what was opened first. One that fails keeps no other from closing.
    const failures: unknown[] = [];
    for (const close of this.#closers.splice(0).toReversed()) {
      await close().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw new AggregateError(failures, 'the pod did not stop cleanly');
  }

  async #deploy(deployment: Deployment, network: LocalNetwork, entrance: Entrance): Promise<InstanceGroup> {
    const { directory, listener } = this.#options;
    const { region, account, secret, spec } = deployment;
    const model = await this.#opened(startModel({ listen: await network.outside() }));
    const gatewayPort = network.kind === 'loopback' ? await tryPort(0) : deployment.gatewayPort;
    this.#overlay = laptopOverlay({
      origin: this.#url,
      dnsNames: deployment.dnsNames,
      modelUrl: `${model.url}/v1`,
      adminSub: entrance.people.adminSub,
      loopbackPort: network.kind === 'loopback' ? gatewayPort : undefined,
    });
    const parameters = parameterStore({ region, account, path: join(directory.aws, 'parameters.json') });
    await parameters.set(deployment.specParameter, JSON.stringify(applyOverlay(spec, this.#overlay)));
    const secrets = await openSecretsManager(directory, region);
    await secrets.define(secret);
    rememberSecret(directory, { region, arn: secret.arn });
    const instances = new InstanceGroup({
      deployment,
      directory,
      network,
      secrets,
      parameters,
      loadBalancer: entrance.loadBalancer,
      targetGroupArn: entrance.targetGroupArn,
      gatewayPort,
      bundle: deployment.bundle,
      onStep: (instanceId, event) => this.#stepped(instanceId, event),
      onReport: (instanceId, report) => this.#reports.set(instanceId, report),
      onTransition: ({ instanceId, to }) => listener({ event: 'instance', instanceId, state: to }),
      onEnd: (instanceId, end) => this.#ended(instanceId, end),
      onLaunchFailure: (instanceId, error) => this.#launchFailed(instanceId, asPodError(error)),
      onFailure: (error) => this.#fail(error),
    });
    this.#closers.push(() => instances.close());
    return instances;
  }

  async #ready(): Promise<void> {
    const instanceId = await this.#step('healthy', () => this.#serving());
    const { users } = this.#deployed.entrance.people;
    const admin = users.find(({ role }) => role === 'admin')!;
    const { username, password } = admin;
    this.#wasReady = true;
    const ready: ReadyEvent = { event: 'ready', url: this.#url, username, password, instanceId, users };
    this.#options.listener(ready);
  }

  /** Resolves with the instance that is in service and healthy, and not one of `others`. */
  async #serving(others: readonly string[] = []): Promise<string> {
    const find = () =>
      this.#status().instances.find(
        ({ instanceId, lifecycleState, targetHealth }) =>
          lifecycleState === 'InService' && targetHealth === 'healthy' && !others.includes(instanceId),
      );
    const { loadBalancer } = this.#deployed.entrance;
    const { group } = this.#deployed.instances;
    const { promise, resolve } = Promise.withResolvers<string>();
    const look = () => {
      const found = find();
      if (found) resolve(found.instanceId);
    };
    loadBalancer.on('targetHealth', look);
    void group.until(() => {
      look();
      return find() !== undefined;
    });
    look();
    return promise.finally(() => loadBalancer.off('targetHealth', look));
  }

  async #replace(emit: (event: unknown) => void): Promise<void> {
    if (!this.#wasReady) throw starting();
    const started = performance.now();
    const { group } = this.#deployed.instances;
    const before = group.state.instances.map(({ id }) => id);
    const failure = Promise.withResolvers<never>();
    failure.promise.catch(() => {});
    const failed = (instanceId: string, { code, message }: PodError) => {
      if (before.includes(instanceId)) return;
      failure.reject(
        new PodError(code, `${instanceId} failed, and Auto Scaling launches another: ${message}`),
      );
    };
    this.stopped.then(
      () => failure.reject(new PodError('POD_STOPPED', 'the pod was stopped during the replacement')),
      failure.reject,
    );
    this.#launches.on('failed', failed);
    try {
      const gone = await group.terminateAndReplace();
      for (const instanceId of gone) emit({ event: 'instance', instanceId, state: 'Terminating' });
      const instanceId = await Promise.race([this.#serving(before), failure.promise]);
      emit({ event: 'replaced', instanceId, durationMs: Math.round(performance.now() - started) });
    } finally {
      this.#launches.off('failed', failed);
    }
  }

  #down(): Promise<void> {
    // After the answer is on its way.
    setImmediate(() => this.#stop());
    return Promise.resolve();
  }

  /** @throws PodError `POD_STARTING` */
  get #deployed(): Deployed {
    if (!this.#parts) throw starting();
    return this.#parts;
  }

  #status(): PodStatus {
    const {
      entrance,
      instances: { group },
    } = this.#deployed;
    const health = entrance.loadBalancer.targetHealth(entrance.targetGroupArn);
    const { instances } = group.state;
    return {
      url: this.#url,
      instances: instances.map(({ id, state }) => ({
        instanceId: id,
        lifecycleState: state,
        targetHealth: health.find(({ target }) => target.id === id)?.state ?? 'unused',
      })),
      report: instances.map(({ id }) => this.#reports.get(id)).findLast((report) => report !== undefined),
      overlay: this.#overlay,
    };
  }

  #stepped(instanceId: string, event: StepEvent): void {
    this.#options.listener(event);
    if (event.status !== 'failed') return;
    const { instances } = this.#deployed.instances.group.state;
    const state = instances.find(({ id }) => id === instanceId)?.state;
    // What fails once the hook was completed no longer decides about the instance.
    if (state === 'Pending:Proceed' || state === 'InService') return;
    this.#launchFailed(instanceId, instanceFailure(event.detail?.at(-1) ?? 'it gave no reason'));
  }

  #ended(instanceId: string, { stopped, exitCode, lastWords }: MachineEnd): void {
    const how = stopped ? 'Auto Scaling took it out of service' : `it ended with ${exitCode}`;
    const reason = instanceFailure(lastWords || how);
    const { code, message } = reason;
    if (this.#wasReady && !stopped) {
      this.#options.listener({ event: 'warning', code, message: `${instanceId}: ${message}` });
    }
    this.#launchFailed(instanceId, reason);
  }

  #launchFailed(instanceId: string, reason: PodError): void {
    this.#launches.emit('failed', instanceId, reason);
    // On AWS the group would try again and again; a person at a keyboard wants to know at once.
    if (!this.#wasReady) this.#fail(reason);
  }

  async #opened<T extends { close(): Promise<void> }>(opening: Promise<T>): Promise<T> {
    const opened = await opening;
    this.#closers.push(() => opened.close());
    return opened;
  }

  async #step<T>(step: string, act: () => Promise<T>, describe?: (result: T) => string[]): Promise<T> {
    const { listener } = this.#options;
    const started = performance.now();
    const tell = (status: 'changed' | 'failed', detail: string[] = []) =>
      listener({ event: 'step', step, status, durationMs: Math.round(performance.now() - started), detail });
    listener({ event: 'step', step, status: 'started' });
    try {
      const result = await act();
      tell('changed', describe?.(result));
      return result;
    } catch (error) {
      tell('failed');
      throw error;
    }
  }
}

/** Reads what the bootstrap said last: like every program of Clawharbor it names a code first. */
function instanceFailure(words: string): PodError {
  const [, code = 'INSTANCE_FAILED', message = words] = /^([A-Z][A-Z0-9_]+): (.*)$/s.exec(words) ?? [];
  return new PodError(code, message);
}

function asPodError(error: unknown): PodError {
  const { code = 'INSTANCE_FAILED', message } = error as NodeJS.ErrnoException;
  return new PodError(code, message, { cause: error });
}

function starting(): PodError {
  return new PodError('POD_STARTING', 'the pod is still starting: try again when it says that it is ready');
}
