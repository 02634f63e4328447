import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';

export interface Place {
  /** As `http://127.0.0.1:1234`: a connection there comes to the gateway's port from within the network of the pod. */
  readonly url: string;
  close(): Promise<void>;
}

export interface VpcOptions {
  readonly dataDir: string;
  readonly instanceId: string;
  readonly gatewayPort: number;
}

/** Addresses of AWS's side: the load balancer's, and one of nobody that the gateway knows. */
export const addresses = { loadBalancer: '10.0.0.10', another: '198.18.0.1' } as const;

const ip = (...args: string[]): string => spawnSync('ip', args, { encoding: 'utf8' }).stdout;

/** A place in the network of a pod that has one of its own. */
export async function placeIn(
  { dataDir, instanceId, gatewayPort }: VpcOptions,
  from: string,
): Promise<Place> {
  const prefix = `clawharbor-${createHash('sha256').update(dataDir).digest('hex').slice(0, 12)}-`;
  const address = /inet ([\d.]+)\//.exec(
    ip('-n', `${prefix}${instanceId}`, '-4', 'address', 'show', 'eth0'),
  )?.[1];
  if (address === undefined) throw new Error(`no network of ${instanceId}: is the pod root's?`);
  const child = spawn(
    'ip',
    [
      'netns',
      'exec',
      `${prefix}aws`,
      process.execPath,
      join(import.meta.dirname, '../../src/network/namespace-sockets.ts'),
    ],
    { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
  );
  await once(child, 'message');
  const waiting = new Map<number, (socket: Socket | undefined) => void>();
  child.on('message', ({ id }: { id: number }, socket) => {
    waiting.get(id)?.(socket as Socket | undefined);
    waiting.delete(id);
  });
  let dials = 0;
  const server = createServer((near) => {
    near.on('error', () => near.destroy());
    const id = ++dials;
    waiting.set(id, (far) => {
      if (far === undefined) {
        near.destroy();
        return;
      }
      far.on('error', () => near.destroy()).on('close', () => near.destroy());
      near.on('close', () => far.destroy());
      near.pipe(far).pipe(near);
    });
    child.send({ id, type: 'dial', host: address, port: gatewayPort, from });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close();
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}

/** What is answered to a text, byte for byte as it is: no client library has mended it. */
export function answerTo(
  text: string,
  open: () => Socket,
): Promise<{ status: number; head: string; body: string }> {
  return new Promise((resolve, reject) => {
    let said = '';
    const socket = open();
    const done = () => {
      socket.destroy();
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(said)?.[1] ?? 0);
      const [head = '', ...rest] = said.split('\r\n\r\n');
      resolve({ status, head, body: rest.join('\r\n\r\n') });
    };
    socket.setTimeout(20_000, () => reject(new Error(`no answer to ${text.slice(0, 200)}`)));
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
      // Whoever is let in to a WebSocket is not told that it ends.
      if (said.startsWith('HTTP/1.1 101')) done();
    });
    socket.on('end', done).on('error', (error) => (said === '' ? reject(error) : done()));
    socket.write(text);
  });
}

export const plainly = (url: string) => (): Socket => connect(Number(new URL(url).port), '127.0.0.1');
