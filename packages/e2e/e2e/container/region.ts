import { join } from 'node:path';
import type { PodSpec } from '@clawharbor/bootstrap/spec';
import { gatewayAccount } from '@clawharbor/bootstrap/systemd';
import {
  autoScaling,
  AutoScalingGroup,
  cognitoIdp,
  CredentialIssuer,
  parameterStore,
  s3,
  secretsManager,
  startEndpoint,
  startImds,
  type LaunchRequest,
  type ParameterStore,
  type PoolUser,
  type RequestRecord,
  type RunningInstance,
  type SecretsManager,
} from '../../src/aws/index.ts';
import {
  createInstance,
  runUserData,
  succeed,
  type Execution,
  type SystemdContainer,
} from '../../src/container/index.ts';
import { startModel } from '../../src/model/index.ts';
import { bucketsOf } from '../../src/pod/buckets.ts';
import type { DataDirectory } from '../../src/pod/data-dir.ts';
import type { Deployment } from '../../src/pod/deployment.ts';
import { applyOverlay, laptopOverlay } from '../../src/pod/overlay.ts';
import { addressIn } from '../../src/template/index.ts';
import { ownArtifacts } from './artifacts.ts';
import { OllamaRelease } from './ollama-release.ts';

/** Whom the user pool has: the pod looks after who that is, and nobody signs in here. */
const administrator: PoolUser = {
  username: 'administrator',
  sub: 'nobody-logs-in-here',
  email: 'administrator@example.com',
  groups: [],
  enabled: true,
};

export interface RegionOptions {
  /** What the synthesized template says. */
  readonly deployment: Deployment;
  /** Folder for everything: stand-ins, file systems, disks of instances. */
  readonly directory: DataDirectory;
  /** What somebody puts into the secret once it is deployed. */
  readonly secret: Readonly<Record<string, string>>;
  /** Release of OpenClaw that the pod begins with. Default: the template's. */
  readonly openclaw?: PodSpec['openclaw']['version'];
  /** Where a gateway has its databases. Default: the template's. */
  readonly databases?: 'efs' | 'replicated';
  /** What happens to an instance between its boot and its user data. Default: nothing. */
  readonly beforeUserData?: (instance: SystemdContainer) => Promise<void>;
}

/**
 * The Region that a template was deployed to, as its pod sees it: the services that the pod calls, a file system, and an
 * Auto Scaling group that launches containers.
 */
export class Region {
  readonly deployment: Deployment;
  readonly group: AutoScalingGroup;
  readonly requests: RequestRecord[] = [];
  /** How user data of each instance ended, and what it printed. */
  readonly launches = new Map<string, Promise<Execution>>();
  /** As synthesized, but for what a machine without internet must change. */
  readonly spec: PodSpec;
  /** Folder of the state: the same for every instance. */
  readonly state: string;
  /** Folder that is the access point of artifacts. */
  readonly artifacts: string;
  readonly #options: RegionOptions;
  readonly #secrets: SecretsManager;
  readonly #parameters: ParameterStore;
  readonly #credentials = new CredentialIssuer();
  readonly #instances = new Map<string, SystemdContainer>();
  readonly #open: { close(): Promise<void> }[] = [];
  readonly #ollama: OllamaRelease;

  constructor(options: RegionOptions) {
    const { deployment, directory } = options;
    const { region, account, dnsNames } = deployment;
    this.#options = options;
    this.deployment = deployment;
    this.state = directory.efs;
    this.artifacts = directory.artifacts;
    this.#secrets = secretsManager({
      region,
      path: join(directory.aws, 'secrets'),
      key: Buffer.alloc(32, 7),
    });
    this.#parameters = parameterStore({ region, account, path: join(directory.aws, 'parameters') });
    this.group = new AutoScalingGroup({
      definition: deployment.group,
      path: join(directory.aws, 'group'),
      launch: (request) => this.#launch(request),
    });
    this.#ollama = new OllamaRelease(this.#socket('ollama'), () =>
      this.group.until(({ instances }) => instances.some(({ state }) => state === 'InService')),
    );
    const overlay = laptopOverlay({
      origin: `https://${dnsNames[0]}`,
      loginUrl: 'https://nobody-logs-in-here.example.com',
      issuer: 'https://nobody-logs-in-here.example.com/pool',
      keysUrl: 'http://192.0.2.1',
      dnsNames,
      modelUrl: `http://${this.#model.address}/v1`,
      adminSub: administrator.sub,
    });
    // In place of a release of more than a gigabyte.
    const laid = applyOverlay(deployment.spec, overlay);
    const { openclaw: version = laid.openclaw.version, databases } = options;
    const fileSystem = laid.fileSystem && { ...laid.fileSystem, ...(databases && { databases }) };
    this.spec = {
      ...laid,
      openclaw: { ...laid.openclaw, version },
      ollama: this.#ollama.spec,
      ...(fileSystem && { fileSystem }),
    };
  }

  /** Starts the services, and the group with its first instance. */
  async start(): Promise<void> {
    const { deployment, secret } = this.#options;
    // An access point makes its root folder for the POSIX user that it is defined with.
    await succeed('chown', [`${gatewayAccount.uid}:${gatewayAccount.gid}`, this.state]);
    await ownArtifacts(this.artifacts);
    await this.#secrets.define(deployment.secret);
    await this.#secrets.put(deployment.secret.arn, JSON.stringify(secret));
    await this.deploy(this.spec);
    this.#open.push(
      await startEndpoint({
        listen: { path: this.#socket('aws') },
        region: deployment.region,
        credentials: this.#credentials,
        services: [
          autoScaling(this.group),
          cognitoIdp({ ...deployment.userPool, users: () => [administrator] }),
          this.#secrets.service,
          this.#parameters.service,
          s3(() => deployment.buckets, bucketsOf(deployment, this.#options.directory)),
        ],
        policies: () => deployment.role.policies,
        onRequest: (record) => this.requests.push(record),
      }),
      await startModel({ listen: { path: this.#model.socket } }),
      await this.#ollama.serve(),
    );
    await this.group.start();
  }

  /** Changes the spec as a deployment does. */
  async deploy(spec: PodSpec): Promise<void> {
    await this.#parameters.set(this.deployment.specParameter, JSON.stringify(spec));
  }

  /** The instance that the group runs. */
  get instance(): SystemdContainer {
    const running = this.#instances.get(this.group.state.instances[0]?.id ?? '');
    if (running === undefined)
      throw new Error(`no instance: ${this.group.state.activities[0]?.statusMessage}`);
    return running;
  }

  get #model() {
    return { address: '10.99.0.3', port: 80, socket: this.#socket('model') };
  }

  #socket(name: string): string {
    return join(this.#options.directory.root, `${name}.sock`);
  }

  /**
   * An instance that is not switched on, with an identity of its own.
   *
   * @param targetLifecycleState where Auto Scaling takes it. Default: into service
   */
  async createInstance(
    instanceId: string,
    availabilityZone = `${this.deployment.region}a`,
    targetLifecycleState: () => 'InService' | 'Terminated' = () => 'InService',
  ): Promise<SystemdContainer> {
    const { deployment, directory } = this.#options;
    const { account, region, role, machine, subnets, spec } = deployment;
    if (spec.fileSystem === undefined) throw new Error('the spec of the template has no file system');
    const { id: fileSystemId, stateAccessPoint, artifactsAccessPoint } = spec.fileSystem;
    const imdsSocket = this.#socket(`imds-${instanceId}`);
    // Left over by a first attempt of the test.
    await this.#instances.get(instanceId)?.remove();
    this.#open.push(
      await startImds({
        listen: { path: imdsSocket },
        identity: {
          ...machine,
          instanceId,
          availabilityZone,
          account,
          region,
          localIpv4: addressIn(subnets.instance, 10),
          roleName: role.name,
          launchedAt: new Date(),
        },
        credentials: this.#credentials,
        targetLifecycleState,
      }),
    );
    const instance = await createInstance({
      name: instanceId.slice(0, 10),
      directory: join(directory.instances, instanceId),
      accessPoints: [
        { fileSystemId, accessPointId: stateAccessPoint, folder: this.state },
        { fileSystemId, accessPointId: artifactsAccessPoint, folder: this.artifacts },
      ],
      imdsSocket,
      awsSocket: this.#socket('aws'),
      relays: [this.#ollama.relay, this.#model],
    });
    this.#instances.set(instanceId, instance);
    return instance;
  }

  async #launch({ instanceId, availabilityZone }: LaunchRequest): Promise<RunningInstance> {
    const target = () => this.group.targetLifecycleState(instanceId);
    const instance = await this.createInstance(instanceId, availabilityZone, target);
    await instance.boot();
    await this.#options.beforeUserData?.(instance);
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    this.launches.set(instanceId, runUserData(instance));
    return {
      ended,
      stop: async (signal) => {
        await (signal === 'SIGTERM' ? instance.powerOff() : instance.powerCut());
        resolve();
      },
    };
  }

  /** Takes everything down. */
  async close(): Promise<void> {
    await this.group.close();
    for (const instance of this.#instances.values()) await instance.remove();
    for (const listening of this.#open) await listening.close();
  }
}
