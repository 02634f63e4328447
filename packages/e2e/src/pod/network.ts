import type { Connect, Address } from '../alb/index.ts';
import type { Listening } from '../aws/index.ts';

/** How the load balancer, the stand-ins for AWS and the instance reach each other on this machine. */
export interface PodNetwork {
  readonly kind: 'namespaces' | 'loopback';
  /** Why it is not `namespaces`, if it is not. */
  readonly reason?: string;
  /** Runs a command in the instance's network. */
  readonly prefix: readonly string[];
  /** Where the load balancer finds the gateway that listens on this port. */
  target(port: number): Address;
  /** How the load balancer dials it. Default: from this process. */
  readonly connect?: Connect;
  /** Makes a server of this process known to the instance. @returns its URL as the instance sees it */
  expose(server: Listening): Promise<string>;
  close(): Promise<void>;
}

/** Everything on 127.0.0.1: for a machine where nobody may make network namespaces. */
export function loopbackNetwork(reason: string): PodNetwork {
  return {
    kind: 'loopback',
    reason,
    prefix: [],
    target: (port) => ({ host: '127.0.0.1', port }),
    expose: (server) => Promise.resolve(server.url),
    close: () => Promise.resolve(),
  };
}
