import { createServer, connect } from 'node:net';

/**
 * Runs inside a network namespace and hands every connection out to a Unix socket: the only way out of the namespace,
 * and no address of the machine is involved. Arguments: ADDRESS PORT SOCKET, as often as needed.
 */
const args = process.argv.slice(2);
const listening: Promise<void>[] = [];
for (let index = 0; index + 2 < args.length; index += 3) {
  const [address = '', port = '', socket = ''] = args.slice(index, index + 3);
  const { promise, resolve } = Promise.withResolvers<void>();
  listening.push(promise);
  createServer({ allowHalfOpen: true }, (inside) => {
    const outside = connect({ path: socket, allowHalfOpen: true });
    inside.pipe(outside).pipe(inside);
    inside.on('error', () => outside.destroy());
    outside.on('error', () => inside.destroy());
  }).listen(Number(port), address, resolve);
}
await Promise.all(listening);
process.stdout.write('listening\n');
// Whoever started it holds its input open; it must not outlive them.
process.stdin.on('end', () => process.exit(0)).resume();
