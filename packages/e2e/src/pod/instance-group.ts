import { join } from 'node:path';
import type { Report } from '@clawharbor/bootstrap';
import {
  AutoScalingGroup,
  autoScaling,
  cognitoIdp,
  CredentialIssuer,
  s3,
  startEndpoint,
  startImds,
  sts,
  type GroupDefinition,
  type LaunchRequest,
  type ListenOn,
  type Listening,
  type ParameterStore,
  type RunningInstance,
  type SecretsManager,
  type Transition,
  type UserPoolDirectory,
} from '../aws/index.ts';
import type { LoadBalancer } from '../alb/index.ts';
import { StandInError } from '../errors.ts';
import { bucketsOf } from './buckets.ts';
import type { DataDirectory } from './data-dir.ts';
import type { Deployment } from './deployment.ts';
import type { StepEvent, WaitingEvent } from './events.ts';
import { launchMachine, type MachineEnd } from './machine.ts';
import type { LocalInstance, LocalNetwork } from './network.ts';

export interface InstanceGroupOptions {
  readonly deployment: Deployment;
  readonly directory: DataDirectory;
  readonly network: LocalNetwork;
  readonly secrets: SecretsManager;
  readonly parameters: ParameterStore;
  readonly people: UserPoolDirectory;
  readonly loadBalancer: LoadBalancer;
  readonly targetGroupArn: string;
  /** Where the gateway listens on the instance. */
  readonly gatewayPort: number;
  readonly bundle: string;
  readonly onStep: (instanceId: string, event: StepEvent) => void;
  readonly onWaiting: (event: WaitingEvent) => void;
  readonly onReport: (instanceId: string, report: Report) => void;
  readonly onTransition: (transition: Transition) => void;
  readonly onEnd: (instanceId: string, end: MachineEnd) => void;
  /** An instance that did not even get a machine. */
  readonly onLaunchFailure: (instanceId: string, error: unknown) => void;
  readonly onFailure: (error: unknown) => void;
}

/** How often an instance looks for a new spec or secret, in seconds. On AWS a timer does it every minute. */
const INTERVAL_SECONDS = 5;

/** A machine of this pod is a process: told to end, it lets its gateway end what is under way by itself. */
function withoutDraining(group: GroupDefinition): GroupDefinition {
  return { ...group, hooks: group.hooks.filter(({ transition }) => transition === 'launching') };
}

/** The Auto Scaling group, what it launches, and the AWS that its instances talk to. */
export class InstanceGroup {
  readonly group: AutoScalingGroup;
  readonly #options: InstanceGroupOptions;
  readonly #credentials = new CredentialIssuer();
  readonly #places = new Map<string, LocalInstance>();
  /** As seen from the host's network, where instances prepare, and from their own. */
  #endpoints: readonly Listening[] = [];

  constructor(options: InstanceGroupOptions) {
    this.#options = options;
    const { deployment, directory, loadBalancer, targetGroupArn } = options;
    this.group = new AutoScalingGroup({
      definition: withoutDraining(deployment.group),
      path: join(directory.aws, 'auto-scaling.json'),
      launch: (request) =>
        this.#launch(request).catch((error: unknown) => {
          options.onLaunchFailure(request.instanceId, error);
          throw error;
        }),
      targets: {
        register: (id) =>
          loadBalancer.registerTarget(targetGroupArn, {
            id,
            host: this.#places.get(id)!.address,
            port: options.gatewayPort,
          }),
        deregister: (id) => loadBalancer.deregisterTarget(targetGroupArn, id).catch(ignoreUnknownTarget),
      },
      onTransition: options.onTransition,
      onFailure: options.onFailure,
      shutdownTimeoutSeconds: 30,
    });
    loadBalancer.on('targetHealth', ({ target, state }) => {
      if (state === 'healthy' || state === 'unhealthy') {
        this.group.reportHealth(target.id, state).catch(options.onFailure);
      }
    });
  }

  /** Opens AWS to instances, then launches what is missing. */
  async start(): Promise<void> {
    const { deployment, network, secrets, parameters, people } = this.#options;
    const services = [
      parameters.service,
      secrets.service,
      autoScaling(this.group),
      cognitoIdp(people),
      s3(() => deployment.buckets, bucketsOf(deployment, this.#options.directory)),
      sts(),
    ];
    const open = (listen: ListenOn) =>
      startEndpoint({
        listen,
        region: deployment.region,
        credentials: this.#credentials,
        services,
        policies: () => deployment.role.policies,
      });
    this.#endpoints = [await open(loopback), await open(await network.outside())];
    await this.group.start();
  }

  async close(): Promise<void> {
    await this.group.close();
    await Promise.all(this.#endpoints.map((endpoint) => endpoint.close()));
  }

  async #launch({ instanceId, availabilityZone }: LaunchRequest): Promise<RunningInstance> {
    const { deployment, network, onEnd, onReport, onStep, onWaiting, ...options } = this.#options;
    const place = await network.addInstance(instanceId);
    this.#places.set(instanceId, place);
    const openMetadata = (listen: ListenOn) =>
      startImds({
        listen,
        identity: {
          instanceId,
          availabilityZone,
          account: deployment.account,
          region: deployment.region,
          roleName: deployment.role.name,
          ...deployment.machine,
          localIpv4: place.address,
          launchedAt: new Date(),
        },
        credentials: this.#credentials,
        targetLifecycleState: () => this.group.targetLifecycleState(instanceId),
      });
    const metadata = [await openMetadata(loopback), await openMetadata(place.metadata)];
    const [prepareEnvironment, activateEnvironment] = metadata.map(({ url }, i) => ({
      AWS_ENDPOINT_URL: this.#endpoints[i]!.url,
      AWS_EC2_METADATA_SERVICE_ENDPOINT: url,
      AWS_REGION: deployment.region,
    }));
    const machine = launchMachine({
      instanceId,
      directory: options.directory,
      bundle: options.bundle,
      specParameter: deployment.specParameter,
      prepareEnvironment: prepareEnvironment!,
      activateEnvironment: activateEnvironment!,
      networkPrefix: place.prefix,
      intervalSeconds: INTERVAL_SECONDS,
      onStep: (event) => onStep(instanceId, event),
      onWaiting,
      onReport: (report) => onReport(instanceId, report),
    });
    const clearAway = async () => {
      const end = await machine.gone;
      await Promise.all(metadata.map((server) => server.close()));
      await place.close();
      this.#places.delete(instanceId);
      onEnd(instanceId, end);
    };
    const ended = clearAway();
    return { ended, stop: (signal) => machine.stop(signal) };
  }
}

const loopback = { host: '127.0.0.1', port: 0 };

/** Of an instance that an earlier, killed process had registered. */
function ignoreUnknownTarget(error: unknown): void {
  if (!(error instanceof StandInError && error.code === 'TARGET_UNKNOWN')) throw error;
}
