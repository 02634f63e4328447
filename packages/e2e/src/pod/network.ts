import type { Connect } from '../alb/index.ts';
import type { ListenOn } from '../aws/index.ts';

/** How the load balancer, the stand-ins for AWS and instances reach each other on this machine. */
export interface LocalNetwork {
  readonly kind: 'namespaces' | 'loopback';
  /** What it is, for people; why it is not `namespaces`, if it is not. */
  readonly description: string;
  /** How the load balancer dials a target. */
  readonly connect: Connect;
  /** A place at which instances reach a server of this process; a new one at each call. */
  outside(): Promise<ListenOn>;
  addInstance(instanceId: string): Promise<LocalInstance>;
  close(): Promise<void>;
}

/** An instance's place in the network. */
export interface LocalInstance {
  /** Where the load balancer finds it. */
  readonly address: string;
  /** Put before a command, runs it on the instance's network. */
  readonly prefix: readonly string[];
  /** Where its metadata service listens. */
  readonly metadata: ListenOn;
  close(): Promise<void>;
}
