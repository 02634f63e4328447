import { lookup } from 'node:dns/promises';
import { egressProxy } from './proxy.ts';

/* The proxy as a program. Its arguments: the port on loopback, and the names as JSON. */
const [port, names] = process.argv.slice(2);
const server = egressProxy({
  allowed: JSON.parse(names ?? '') as string[],
  resolve: async (name) => (await lookup(name, { all: true })).map(({ address }) => address),
  refused: (target, why) => console.log(`refused ${JSON.stringify(target)}: ${why}`),
});
server.listen(Number(port), '127.0.0.1');
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(0));
