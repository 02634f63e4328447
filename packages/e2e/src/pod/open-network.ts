import { whyNoNetwork } from '../network/index.ts';
import type { DataDirectory } from './data-dir.ts';
import type { Deployment } from './deployment.ts';
import { loopbackNetwork } from './loopback-network.ts';
import { namespaceNetwork } from './namespace-network.ts';
import type { LocalNetwork } from './network.ts';

/** Addresses of their own for load balancer and instances where the machine allows it, loopback elsewhere. */
export async function openNetwork(deployment: Deployment, directory: DataDirectory): Promise<LocalNetwork> {
  const reason = await whyNoNetwork();
  return reason === undefined ? namespaceNetwork(deployment, directory) : loopbackNetwork(reason);
}
