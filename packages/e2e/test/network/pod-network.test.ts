import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { createServer, request, type IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { imdsAddress, PodNetwork, whyNoNetwork, type InstanceNetwork } from '../../src/network/index.ts';
import { listen } from '../../src/aws/listen.ts';

const run = promisify(execFile);
const reason = await whyNoNetwork();
if (reason !== undefined) process.stdout.write(`The network of the pod is not tested here: ${reason}.\n`);

const balancer = '10.0.0.10';
const stranger = '10.0.9.9';
const address = '10.0.2.10';
const name = `test ${process.pid}`;

let network: PodNetwork;
let instance: InstanceNetwork;
let processes: ChildProcess[];

/** Runs a program of the instance, up to its first line. */
async function start(on: InstanceNetwork, script: string): Promise<ChildProcess> {
  const [file = '', ...prefix] = on.execPrefix;
  const child = spawn(file, [...prefix, process.execPath, '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  processes.push(child);
  await once(createInterface({ input: child.stdout }), 'line');
  return child;
}

/** Runs a program of the instance to its end. */
async function print(on: InstanceNetwork, script: string): Promise<string> {
  const [file = '', ...prefix] = on.execPrefix;
  return (await run(file, [...prefix, process.execPath, '-e', script])).stdout.trim();
}

const tellPeer = (port: number, host = '0.0.0.0') =>
  `require('http').createServer((q, s) => s.end(q.socket.remoteAddress)).listen(${port}, '${host}', () => console.log('up'))`;
const fetchAndPrint = (url: string) =>
  `fetch('${url}').then(async (r) => console.log(await r.text()), (e) => console.log(e.cause?.code ?? e))`;

async function get(from?: string): Promise<string> {
  const socket = await network.dial({ host: address, port: 8080 }, from);
  // With an agent, even `false`, Node.js would connect by itself.
  const outgoing = request({ host: address, path: '/', createConnection: () => socket }).end();
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve).once('error', reject);
  });
  return text(response);
}

describe.skipIf(reason !== undefined)('the network of a pod', () => {
  beforeEach(async () => {
    processes = [];
    network = await PodNetwork.create({ name, awsAddresses: [balancer, stranger] });
    instance = await network.addInstance({ instanceId: 'i-1', address });
  });

  afterEach(async () => {
    await network.close();
    for (const child of processes) {
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    }
  });

  it('lets the load balancer and a stranger reach the instance, each from its own address', async () => {
    await start(instance, tellPeer(8080));
    expect(await get()).toBe(balancer);
    expect(await get(stranger)).toBe(stranger);
  });

  it('shows the instance what listens on the side of AWS, and who calls', async () => {
    const server = createServer((incoming, outgoing) =>
      outgoing.end(`you are ${incoming.socket.remoteAddress}`),
    );
    const listening = await listen(server, { handle: await network.listen({ host: balancer, port: 80 }) });
    expect(listening.url).toBe(`http://${balancer}:80`);
    expect(await print(instance, fetchAndPrint(`http://${balancer}/`))).toBe(`you are ${address}`);
    await listening.close();
  });

  it('gives each instance a metadata service of its own, and a replacement the same address', async () => {
    const second = await network.addInstance({ instanceId: 'i-2', address });
    const imds = await Promise.all(
      [instance, second].map(async (on, index) => {
        const server = createServer((_, outgoing) => outgoing.end(`i-${index + 1}`));
        return listen(server, { handle: await on.listen({ host: imdsAddress, port: 80 }) });
      }),
    );
    expect(await print(instance, fetchAndPrint(`http://${imdsAddress}/`))).toBe('i-1');
    expect(await print(second, fetchAndPrint(`http://${imdsAddress}/`))).toBe('i-2');
    await start(second, tellPeer(8080));
    expect(await get()).toBe(balancer);
    await Promise.all(imds.map((server) => server.close()));
  });

  it('leads nowhere else, and is not seen from the machine', async () => {
    expect(await print(instance, fetchAndPrint('http://203.0.113.1/'))).toBe('ENETUNREACH');
    const addresses = Object.values(networkInterfaces()).flatMap(
      (list) => list?.map((entry) => entry.address) ?? [],
    );
    expect(addresses).not.toContain(balancer);
    expect(addresses).not.toContain(address);
  });

  it('says what went wrong', async () => {
    await expect(network.dial({ host: address, port: 9 })).rejects.toMatchObject({
      code: 'NETWORK_FAILED',
      message: expect.stringContaining('ECONNREFUSED'),
    });
    await expect(network.listen({ host: '10.1.1.1', port: 80 })).rejects.toMatchObject({
      code: 'NETWORK_FAILED',
      message: expect.stringContaining('EADDRNOTAVAIL'),
    });
  });

  it('that a killed process left behind is replaced, with what still ran in it', async () => {
    const orphan = await start(instance, tellPeer(8080));
    const ended = once(orphan, 'exit');
    const abandoned = network;
    network = await PodNetwork.create({ name, awsAddresses: [balancer] });
    expect(await ended).toEqual([null, 'SIGKILL']);
    await expect(abandoned.dial({ host: address, port: 8080 })).rejects.toMatchObject({
      code: 'NETWORK_FAILED',
    });
    // Its own only: another pod on this machine may have networks, too.
    const { stdout } = await run('ip', ['netns', 'list']);
    const names = stdout.split('\n').map((line) => line.split(' ', 1)[0]);
    expect(names).not.toContain(basename(instance.path));
  });

  it('ends with all that runs in it', async () => {
    const child = await start(instance, tellPeer(8080));
    await instance.close();
    expect(child.signalCode ?? (await once(child, 'exit'))[1]).toBe('SIGKILL');
  });
});
