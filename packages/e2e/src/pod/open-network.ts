import type { DataDirectory } from './data-dir.ts';
import type { Deployment } from './deployment.ts';
import { loopbackNetwork, type PodNetwork } from './network.ts';

/** Addresses of their own for load balancer and instance where the machine allows it, loopback elsewhere. */
export function openNetwork(_deployment: Deployment, _directory: DataDirectory): Promise<PodNetwork> {
  return Promise.resolve(loopbackNetwork('not yet'));
}
