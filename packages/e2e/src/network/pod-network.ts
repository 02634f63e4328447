import { createHash } from 'node:crypto';
import type { Server, Socket } from 'node:net';
import { StandInError } from '../errors.ts';
import { Namespace, namespacesNamed, removeNamespace, type Address } from './namespace.ts';
import { ip } from './run-ip.ts';
import { whyNoNetwork } from './requirements.ts';

/** Where the instance metadata service answers: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html */
export const imdsAddress = '169.254.169.254';

export interface NetworkOptions {
  /** Tells the networks of pods apart; the same each time for the same pod, as its data directory is. */
  readonly name: string;
  /** IPv4 addresses on the side of AWS, the first one that of the load balancer. */
  readonly awsAddresses: readonly [string, ...string[]];
}

export interface InstanceNetworkOptions {
  readonly instanceId: string;
  /** IPv4 address in its subnet. */
  readonly address: string;
}

/**
 * The network of a pod on one machine: a namespace for AWS's side and one for each instance, joined by a cable each.
 * Instances reach the addresses of AWS's side and nothing else; the machine's own network sees none of it.
 */
export class PodNetwork {
  readonly #prefix: string;
  readonly #awsAddresses: NetworkOptions['awsAddresses'];
  readonly #aws: Namespace;
  readonly #instances = new Set<InstanceNetwork>();

  private constructor(prefix: string, aws: Namespace, awsAddresses: NetworkOptions['awsAddresses']) {
    this.#prefix = prefix;
    this.#aws = aws;
    this.#awsAddresses = awsAddresses;
  }

  /** Removes what a killed process left of the same pod's network first. @throws StandInError NETWORK_UNAVAILABLE, NETWORK_FAILED */
  static async create({ name, awsAddresses }: NetworkOptions): Promise<PodNetwork> {
    const reason = await whyNoNetwork();
    if (reason !== undefined)
      throw new StandInError('NETWORK_UNAVAILABLE', `No network of its own for the pod: ${reason}.`);
    const prefix = `clawharbor-${digest(name)}-`;
    for (const stale of await namespacesNamed(prefix)) await removeNamespace(stale);
    const aws = await Namespace.create(`${prefix}aws`);
    for (const address of awsAddresses)
      await ip('-n', aws.name, 'address', 'add', `${address}/32`, 'dev', 'lo');
    return new PodNetwork(prefix, aws, awsAddresses);
  }

  async addInstance({ instanceId, address }: InstanceNetworkOptions): Promise<InstanceNetwork> {
    const namespace = await Namespace.create(`${this.#prefix}${instanceId}`);
    const cable = `i${digest(instanceId)}`;
    await ip(
      'link',
      'add',
      cable,
      'netns',
      this.#aws.name,
      'type',
      'veth',
      'peer',
      'name',
      'eth0',
      'netns',
      namespace.name,
    );
    await ip('-n', this.#aws.name, 'link', 'set', cable, 'up');
    await ip('-n', namespace.name, 'link', 'set', 'eth0', 'up');
    await ip('-n', namespace.name, 'address', 'add', `${address}/32`, 'dev', 'eth0');
    // Replaces, as the instance that had the address before may not be gone yet.
    await ip('-n', this.#aws.name, 'route', 'replace', `${address}/32`, 'dev', cable);
    for (const outside of this.#awsAddresses) {
      await ip('-n', namespace.name, 'route', 'add', `${outside}/32`, 'dev', 'eth0', 'src', address);
    }
    // Each instance has a metadata service of its own at the same address.
    await ip('-n', namespace.name, 'address', 'add', `${imdsAddress}/32`, 'dev', 'lo');
    const instance = new InstanceNetwork(namespace, address, () => this.#instances.delete(instance));
    this.#instances.add(instance);
    return instance;
  }

  /** A socket that listens at an address of AWS's side, for `server.listen(handle)`. */
  listen(address: Address): Promise<Server> {
    return this.#aws.listen(address);
  }

  /** A connection from AWS's side to an instance. @param from default: the load balancer's address */
  dial(address: Address, from: string = this.#awsAddresses[0]): Promise<Socket> {
    return this.#aws.dial(address, from);
  }

  /** Ends it with all that runs in it. */
  async close(): Promise<void> {
    await Promise.all(Array.from(this.#instances, (instance) => instance.close()));
    await this.#aws.remove();
  }
}

/** What an instance sees of the network. */
export class InstanceNetwork {
  readonly address: string;
  readonly #namespace: Namespace;
  readonly #onClose: () => void;

  constructor(namespace: Namespace, address: string, onClose: () => void) {
    this.#namespace = namespace;
    this.address = address;
    this.#onClose = onClose;
  }

  /** Put before a command, runs it on the instance's network. */
  get execPrefix(): readonly string[] {
    return this.#namespace.execPrefix;
  }

  /** As `systemd-nspawn --network-namespace-path` takes it. */
  get path(): string {
    return this.#namespace.path;
  }

  /** A socket that listens on the instance's own network, as that of its metadata service: {@link imdsAddress}, port 80. */
  listen(address: Address): Promise<Server> {
    return this.#namespace.listen(address);
  }

  async close(): Promise<void> {
    this.#onClose();
    await this.#namespace.remove();
  }
}

/** Names of network devices have at most 15 characters. */
function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
