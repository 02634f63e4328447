import { connect } from 'node:net';
import type { LocalNetwork } from './network.ts';

const free = { host: '127.0.0.1', port: 0 };

/** Everything on 127.0.0.1: for a machine where nobody may make network namespaces. */
export function loopbackNetwork(reason: string): LocalNetwork {
  return {
    kind: 'loopback',
    description: `loopback: ${reason}`,
    connect: ({ host, port }) => connect({ host, port, noDelay: true }),
    outside: () => Promise.resolve(free),
    addInstance: () =>
      Promise.resolve({ address: '127.0.0.1', prefix: [], metadata: free, close: () => Promise.resolve() }),
    close: () => Promise.resolve(),
  };
}
