import { join } from 'node:path';
import { parameterStore, type ListenOn } from '../aws/index.ts';
import { startModel } from '../model/index.ts';
import { buildBundle, isBundleStale } from './bundle.ts';
import { serveControl } from './control.ts';
import { lockDataDirectory } from './data-dir-lock.ts';
import type { DataDirectory } from './data-dir.ts';
import { readDeployment, type Deployment } from './deployment.ts';
import { startEntrance, type Entrance } from './entrance.ts';
import { PodError } from './errors.ts';
import type { Listener, StepEvent } from './events.ts';
import { asPodError, instanceFailure, starting } from './failures.ts';
import { InstanceGroup } from './instance-group.ts';
import { clearLeftovers } from './leftovers.ts';
import { reportOn, type MachineEnd } from './machine.ts';
import type { LocalNetwork } from './network.ts';
import { openNetwork } from './open-network.ts';
import { PodOperations } from './operations.ts';
import { applyOverlay, laptopOverlay } from './overlay.ts';
import type { PersonChange } from './person-action.ts';
import { servePublicKeys } from './public-keys.ts';
import { refuseTakenPort, rememberedPort } from './port.ts';
import { announcePod } from './running-pods.ts';
import { openSecretsManager, rememberSecret } from './secret.ts';
import { stepRunner, type RunStep } from './step-runner.ts';

export interface PodOptions {
  readonly directory: DataDirectory;
  /** Where the pod is on localhost. */
  readonly port: number;
  /** Where its login page is on localhost. On AWS it has a host of its own. */
  readonly loginPort: number;
  /** Config file. Default: the example of `@clawharbor/infra`. */
  readonly config?: string | undefined;
  readonly listener: Listener;
  /** Stops the pod, also while it starts. */
  readonly signal: AbortSignal;
}

/**
 * Runs a pod until the signal ends it.
 * @throws PodError, or the coded error of what failed
 */
export async function runPod(options: PodOptions): Promise<void> {
  const { directory, port, loginPort, signal } = options;
  const lock = lockDataDirectory(directory);
  if (!lock) {
    throw new PodError(
      'DATA_DIR_BUSY',
      `a pod runs in ${directory.root} already, or is being stopped: end it with clawharbor-local down, or choose another --data-dir`,
    );
  }
  const pod = new Pod(options);
  try {
    await refuseTakenPort(port, '--port');
    await refuseTakenPort(loginPort, '--login-port');
    await clearLeftovers(directory, signal);
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

/** Of the steps that nobody waits for: when it begins, the report of what people wait for is written. */
export const firstLate = 'start-commands';

class Pod {
  /** Settles when the pod is to end: resolves when asked to, rejects when it cannot go on. */
  readonly stopped: Promise<void>;
  readonly #options: PodOptions;
  readonly #closers: (() => Promise<void>)[] = [];
  readonly #url: string;
  readonly #loginUrl: string;
  readonly #started = performance.now();
  readonly #ending = new AbortController();
  /** Resolves when an instance has said that its launch is over: Auto Scaling knows a moment earlier. */
  readonly #launchTold = Promise.withResolvers<void>();
  readonly #step: RunStep;
  #operations: PodOperations | undefined;
  #stop!: () => void;
  #fail!: (error: unknown) => void;

  constructor(options: PodOptions) {
    this.#options = options;
    this.#url = `https://localhost:${options.port}`;
    this.#loginUrl = `https://localhost:${options.loginPort}`;
    this.#step = stepRunner(options.listener, this.#ending.signal);
    this.stopped = new Promise((resolve, reject) => {
      this.#stop = () => {
        if (this.#ending.signal.aborted) return;
        this.#ending.abort();
        options.listener({ event: 'stopping' });
        resolve();
      };
      this.#fail = reject;
    });
    this.stopped.catch(() => {});
    options.signal.addEventListener('abort', () => this.#stop(), { once: true });
    if (options.signal.aborted) this.#stop();
  }

  /** Resolves when a person can log in, or the pod is to end. */
  async start(): Promise<void> {
    try {
      await this.#start();
    } catch (error) {
      if (!this.#ending.signal.aborted) throw error;
    }
  }

  async close(): Promise<void> {
    // In reverse: what was opened last may need what was opened first. One that fails keeps no other from closing.
    const failures: unknown[] = [];
    for (const close of this.#closers.splice(0).toReversed()) {
      await close().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw new AggregateError(failures, 'the pod did not stop cleanly');
  }

  async #start(): Promise<void> {
    const { directory, port, loginPort, config } = this.#options;
    // First of all, so that whatever starts can be stopped.
    await this.#opened(
      serveControl(directory, {
        ping: () => Promise.resolve(process.pid),
        status: () => Promise.resolve(this.#deployed.status()),
        replace: (_, emit) => this.#deployed.replace(emit),
        secret: (input, emit) => {
          const { name, value } = input as { name: string; value: string };
          return this.#deployed.setSecret(name, value, emit);
        },
        person: (input) => this.#deployed.changePerson(input as PersonChange),
        down: () => this.#down(),
      }),
    );
    const withdraw = announcePod(directory.root);
    this.#closers.push(() => Promise.resolve(withdraw()));
    if (isBundleStale()) await this.#step('bundle', () => buildBundle(this.#ending.signal));
    const deployment = await this.#step('synth', () => readDeployment({ directory, config }));
    const network = await this.#step(
      'network',
      () => this.#opened(openNetwork(deployment, directory)),
      ({ description }) => [description],
    );
    const entrance = await this.#step('login', () =>
      this.#opened(startEntrance({ deployment, directory, network, port, loginPort })),
    );
    const instances = await this.#step('deploy', () => this.#deploy(deployment, network, entrance));
    await instances.start();
    await Promise.race([this.#ready(entrance), this.stopped]);
  }

  async #deploy(deployment: Deployment, network: LocalNetwork, entrance: Entrance): Promise<InstanceGroup> {
    const { directory, listener } = this.#options;
    const { region, account, secret, spec } = deployment;
    const model = await this.#opened(startModel({ listen: await this.#place(network, 'model') }));
    const keys = await this.#opened(
      servePublicKeys(entrance.loadBalancer, await this.#place(network, 'keys')),
    );
    const loopback = network.kind === 'loopback';
    const gatewayPort = loopback ? await rememberedPort(directory, 'gateway') : deployment.gatewayPort;
    const overlay = laptopOverlay({
      origin: this.#url,
      loginUrl: this.#loginUrl,
      issuer: entrance.pool.issuer,
      keysUrl: keys.url,
      dnsNames: deployment.dnsNames,
      modelUrl: `${model.url}/v1`,
      adminSub: entrance.people.adminSub,
      loopbackPort: loopback ? gatewayPort : undefined,
    });
    const parameters = parameterStore({ region, account, path: join(directory.aws, 'parameters.json') });
    await parameters.set(deployment.specParameter, JSON.stringify(applyOverlay(spec, overlay)));
    const secrets = await openSecretsManager(directory, region);
    await secrets.define(secret);
    rememberSecret(directory, { region, arn: secret.arn });
    const instances = new InstanceGroup({
      deployment,
      directory,
      network,
      secrets,
      parameters,
      people: {
        id: deployment.userPool.id,
        arn: deployment.userPool.arn,
        users: () => entrance.pool.users.list(),
      },
      loadBalancer: entrance.loadBalancer,
      targetGroupArn: entrance.targetGroupArn,
      gatewayPort,
      bundle: deployment.bundle,
      onStep: (instanceId, event) => this.#stepped(instanceId, event),
      onWaiting: (event) => this.#options.listener(event),
      onReport: (instanceId, report) => this.#deployed.reported(instanceId, report),
      onTransition: ({ instanceId, to }) => listener({ event: 'instance', instanceId, state: to }),
      onEnd: (instanceId, end) => this.#ended(instanceId, end),
      onLaunchFailure: (instanceId, error) => this.#launchFailed(instanceId, asPodError(error)),
      onFailure: (error) => this.#fail(error),
    });
    this.#closers.push(() => instances.close());
    this.#operations = new PodOperations({
      url: this.#url,
      loginUrl: this.#loginUrl,
      directory,
      entrance,
      instances,
      overlay,
      stopped: this.stopped,
    });
    return instances;
  }

  /** The config names it: were it another one at each start, people would read of a change that nobody made. */
  async #place(network: LocalNetwork, what: 'model' | 'keys'): Promise<ListenOn> {
    const place = await network.outside();
    if (!('port' in place) || place.port !== 0) return place;
    return { ...place, port: await rememberedPort(this.#options.directory, what) };
  }

  async #ready(entrance: Entrance): Promise<void> {
    // The instance tells its own steps. Only what comes after them is waiting for the load balancer.
    await Promise.all([this.#deployed.inService(), this.#launchTold.promise]);
    const instanceId = await this.#step('healthy', () => this.#deployed.serving());
    const { users } = entrance.people;
    const { username, password } = users.find(({ role }) => role === 'admin')!;
    this.#deployed.opened();
    this.#options.listener({
      event: 'ready',
      url: this.#url,
      loginUrl: this.#loginUrl,
      dataDir: this.#options.directory.root,
      durationMs: Math.round(performance.now() - this.#started),
      username,
      password,
      instanceId,
      users,
    });
  }

  #down(): Promise<void> {
    // After the answer is on its way.
    setImmediate(() => this.#stop());
    return Promise.resolve();
  }

  /** @throws PodError `POD_STARTING` */
  get #deployed(): PodOperations {
    if (!this.#operations) throw starting();
    return this.#operations;
  }

  #stepped(instanceId: string, event: StepEvent): void {
    this.#options.listener(event);
    if (event.step === 'complete-lifecycle' && event.status !== 'started') this.#launchTold.resolve();
    if (event.status === 'started' && event.step === firstLate) void this.#readReport(instanceId);
    if (event.status !== 'failed') return;
    const state = this.#deployed.lifecycleState(instanceId);
    // What fails once the hook was completed no longer decides about the instance.
    if (state === 'Pending:Proceed' || state === 'InService') return;
    this.#launchFailed(instanceId, instanceFailure(event.detail?.at(-1) ?? 'it gave no reason'));
  }

  /** A report is told at the end of a run; what people waited for is in it before the late steps, which may take minutes. */
  async #readReport(instanceId: string): Promise<void> {
    const report = await reportOn(this.#options.directory, instanceId).catch(() => undefined);
    if (report !== undefined) this.#deployed.reported(instanceId, report);
  }

  #ended(instanceId: string, { stopped, exitCode, lastWords }: MachineEnd): void {
    const how = stopped ? 'Auto Scaling took it out of service' : `it ended with ${exitCode}`;
    const reason = instanceFailure(lastWords || how);
    const { code, message } = reason;
    if (this.#deployed.wasReady && !stopped) {
      this.#options.listener({ event: 'warning', code, message: `${instanceId}: ${message}` });
    }
    this.#launchFailed(instanceId, reason);
  }

  #launchFailed(instanceId: string, reason: PodError): void {
    this.#deployed.launchFailed(instanceId, reason);
    // On AWS the group would try again and again; a person at a keyboard wants to know at once.
    if (!this.#deployed.wasReady) this.#fail(reason);
  }

  async #opened<T extends { close(): Promise<void> }>(opening: Promise<T>): Promise<T> {
    const opened = await opening;
    this.#closers.push(() => opened.close());
    return opened;
  }
}
