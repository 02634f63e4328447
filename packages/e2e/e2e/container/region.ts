import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { bundlePath } from '@clawharbor/bootstrap/bundle';
import type { PodSpecInput } from '@clawharbor/bootstrap/spec';
import { gatewayAccount } from '@clawharbor/bootstrap/systemd';
import {
  autoScaling,
  AutoScalingGroup,
  CredentialIssuer,
  parameterStore,
  secretsManager,
  startEndpoint,
  startImds,
  type ParameterStore,
  type RequestRecord,
  type SecretsManager,
} from '../../src/aws/index.ts';
import {
  bundleOnInstance,
  createInstance,
  succeed,
  type Execution,
  type SystemdContainer,
} from '../../src/container/index.ts';
import { OllamaRelease } from './ollama-release.ts';

const region = 'eu-central-1';
const account = '111122223333';
const roleName = 'team-instance';
const groupArn = `arn:aws:autoscaling:${region}:${account}:autoScalingGroup:11111111-2222-3333-4444-555555555555:autoScalingGroupName/team`;
const secretArn = `arn:aws:secretsmanager:${region}:${account}:secret:team/providers-AbCdEf`;
const specName = '/clawharbor/team/spec';
const fileSystem = {
  id: 'fs-0123456789abcdef0',
  stateAccessPoint: 'fsap-0123456789abcdef0',
  artifactsAccessPoint: 'fsap-0fedcba9876543210',
};

/** What user data does once the bundle is there: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html */
export const userData = `set -eu
dnf install -y nodejs24
exec flock /run/clawharbor-bootstrap.lock /usr/bin/node-24 ${bundleOnInstance} run --host systemd --spec ssm:${specName} --json
`;

export interface RegionOptions {
  /** Folder for everything: stand-ins, file systems, disks of instances. */
  readonly directory: string;
  /** Folder that is the access point of artifacts. */
  readonly artifacts: string;
  readonly secret: Readonly<Record<string, string>>;
  readonly config: PodSpecInput['openclaw']['config'];
}

/** AWS as one pod sees it: the services it calls, a file system, and an Auto Scaling group that launches containers. */
export class Region {
  readonly group: AutoScalingGroup;
  readonly secrets: SecretsManager;
  readonly parameters: ParameterStore;
  readonly requests: RequestRecord[] = [];
  /** How user data of each instance ended, and what it printed. */
  readonly launches = new Map<string, Promise<Execution>>();
  readonly spec: PodSpecInput;
  /** Folder of the state: the same for every instance. */
  readonly state: string;
  readonly #options: RegionOptions;
  readonly #credentials = new CredentialIssuer();
  readonly #instances = new Map<string, SystemdContainer>();
  readonly #open: { close(): Promise<void> }[] = [];
  readonly #ollama: OllamaRelease;

  constructor(options: RegionOptions) {
    const { directory } = options;
    this.#options = options;
    this.#ollama = new OllamaRelease(join(directory, 'ollama.sock'), () =>
      this.group.until(({ instances }) => instances.some(({ state }) => state === 'InService')),
    );
    this.state = join(directory, 'efs');
    this.secrets = secretsManager({ region, path: join(directory, 'secrets'), key: Buffer.alloc(32, 7) });
    this.parameters = parameterStore({ region, account, path: join(directory, 'parameters') });
    this.group = new AutoScalingGroup({
      definition: {
        name: 'team',
        arn: groupArn,
        minSize: 1,
        maxSize: 1,
        desiredCapacity: 1,
        availabilityZones: [`${region}a`],
        usesLoadBalancerHealth: false,
        healthCheckGracePeriodSeconds: 0,
        hooks: [
          { name: 'ready', transition: 'launching', heartbeatTimeoutSeconds: 300, defaultResult: 'ABANDON' },
        ],
        tags: {},
      },
      path: join(directory, 'group'),
      launch: ({ instanceId }) => this.#launch(instanceId),
    });
    this.spec = {
      apiVersion: 'clawharbor/v1',
      name: 'team',
      region,
      openclaw: { version: '2026.9.6', config: options.config },
      secret: { arn: secretArn },
      fileSystem,
      lifecycle: { autoScalingGroup: 'team', hook: 'ready', heartbeatSeconds: 300 },
      logGroup: '/clawharbor/team',
      ollama: { version: '0.18.2', sha256: this.#ollama.sha256, url: this.#ollama.url },
    };
  }

  /** Starts the services, and the group with its first instance. */
  async start(): Promise<void> {
    await mkdir(this.state, { recursive: true });
    // An access point makes its root folder for the POSIX user that it is defined with.
    await succeed('chown', [`${gatewayAccount.uid}:${gatewayAccount.gid}`, this.state]);
    await this.secrets.define({
      name: 'team/providers',
      arn: secretArn,
      initialValue: JSON.stringify(this.#options.secret),
    });
    await this.parameters.set(specName, JSON.stringify(this.spec));
    this.#open.push(
      await startEndpoint({
        listen: { path: this.#awsSocket },
        region,
        credentials: this.#credentials,
        services: [autoScaling(this.group), this.secrets.service, this.parameters.service],
        policies: () => [instancePolicy],
        onRequest: (record) => this.requests.push(record),
      }),
    );
    this.#open.push(await this.#ollama.serve());
    await this.group.start();
  }

  /** The instance that the group runs. */
  get instance(): SystemdContainer {
    const running = this.#instances.get(this.group.state.instances[0]?.id ?? '');
    if (running === undefined)
      throw new Error(`no instance: ${this.group.state.activities[0]?.statusMessage}`);
    return running;
  }

  get #awsSocket(): string {
    return join(this.#options.directory, 'aws.sock');
  }

  /** An instance that is not switched on, with an identity of its own. */
  async createInstance(instanceId: string): Promise<SystemdContainer> {
    const { directory, artifacts } = this.#options;
    const imdsSocket = join(directory, `imds-${instanceId}.sock`);
    this.#open.push(
      await startImds({
        listen: { path: imdsSocket },
        identity: {
          instanceId,
          account,
          region,
          availabilityZone: `${region}a`,
          instanceType: 't4g.medium',
          imageId: 'ami-0123456789abcdef0',
          architecture: process.arch === 'arm64' ? 'arm64' : 'x86_64',
          localIpv4: '10.0.0.10',
          roleName,
          launchedAt: new Date(),
          userData,
        },
        credentials: this.#credentials,
        targetLifecycleState: () => this.group.targetLifecycleState(instanceId),
      }),
    );
    const instance = await createInstance({
      name: instanceId.slice(0, 10),
      directory: join(directory, instanceId),
      accessPoints: [
        { fileSystemId: fileSystem.id, accessPointId: fileSystem.stateAccessPoint, folder: this.state },
        { fileSystemId: fileSystem.id, accessPointId: fileSystem.artifactsAccessPoint, folder: artifacts },
      ],
      imdsSocket,
      awsSocket: this.#awsSocket,
      relays: [this.#ollama.relay],
      bundle: bundlePath(),
    });
    this.#instances.set(instanceId, instance);
    return instance;
  }

  async #launch(instanceId: string) {
    const instance = await this.createInstance(instanceId);
    await instance.boot();
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    this.launches.set(instanceId, instance.execute('sh', ['-c', userData], { timeoutSeconds: 600 }));
    return {
      ended,
      stop: async (signal: 'SIGTERM' | 'SIGKILL') => {
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

const instancePolicy = {
  Version: '2012-10-17' as const,
  Statement: [
    {
      Effect: 'Allow' as const,
      Action: ['ssm:GetParameter'],
      Resource: [`arn:aws:ssm:${region}:${account}:parameter${specName}`],
    },
    { Effect: 'Allow' as const, Action: ['secretsmanager:GetSecretValue'], Resource: [secretArn] },
    {
      Effect: 'Allow' as const,
      Action: ['autoscaling:CompleteLifecycleAction', 'autoscaling:RecordLifecycleActionHeartbeat'],
      Resource: [groupArn],
    },
  ],
};
