import { access, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ProcessHost } from '../src/host/process/process-host.ts';
import { balancerSocket, inOwnWorld, whyNoOwnWorld, type OwnWorld } from '../src/host/own-world.ts';
import { makePod, type TestPod } from './stand-ins/pod.ts';

let pod: TestPod;
let host: ProcessHost;
let scratch: string;
beforeEach(async () => {
  pod = await makePod();
  host = pod.host;
  scratch = join(pod.directory, 'scratch');
  const { state, logs } = host.layout;
  const mounts = ['state', 'logs', 'empty', 'tmp'].map((name) => join(scratch, name));
  for (const folder of [state, logs, ...mounts]) await mkdir(folder, { recursive: true });
});
afterEach(() => pod.close());

async function inside(program: string, world: Partial<OwnWorld> = {}): Promise<unknown> {
  const command = { file: host.node, args: ['--input-type=module', '--eval', program], timeoutSeconds: 60 };
  const { exitCode, stdout, stderr } = await host.run(inOwnWorld(host, command, { scratch, ...world }));
  expect(exitCode, stderr).toBe(0);
  return JSON.parse(stdout);
}

const addresses = `
  const { networkInterfaces } = await import('node:os');
  const own = Object.values(networkInterfaces()).flat().map(({ address }) => address);`;

test('has the copy where the state lies, and no network but a loopback', async () => {
  const missing = await whyNoOwnWorld(host);
  if (missing !== undefined) return console.warn(`Not tested: ${missing}`);
  const seen = await inside(`${addresses}
    const { writeFileSync } = await import('node:fs');
    writeFileSync(${JSON.stringify(join(host.layout.state, 'written'))}, '');
    console.log(JSON.stringify(own));`);
  expect(seen).toEqual(expect.arrayContaining(['127.0.0.1']));
  expect((seen as string[]).filter((address) => !['127.0.0.1', '::1'].includes(address))).toEqual([]);
  await access(join(scratch, 'state', 'written'));
  await expect(access(join(host.layout.state, 'written'))).rejects.toThrow('ENOENT');
});

test('does not see what others install from and restore, and cannot write there', async () => {
  const missing = await whyNoOwnWorld(host);
  if (missing !== undefined) return console.warn(`Not tested: ${missing}`);
  const { artifacts, backups } = host.layout;
  for (const each of [artifacts, backups]) {
    await mkdir(each, { recursive: true });
    await writeFile(join(each, 'archive'), '');
  }
  const before = await readdir(artifacts);
  const script = 'for place; do ls "$place"; echo mine >"$place/planted" || echo refused; done; exit 0';
  const command = { file: 'sh', args: ['-c', script, 'sh', artifacts, backups] };
  const result = await host.run(inOwnWorld(host, command, { scratch }));
  expect(result).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^(refused\n)+$/) });
  expect(await readdir(artifacts)).toEqual(before);
  expect(await readdir(backups)).toEqual(['archive']);
});

test('has the plugins of the state, and cannot write to them', async () => {
  const missing = await whyNoOwnWorld(host);
  if (missing !== undefined) return console.warn(`Not tested: ${missing}`);
  const npm = join(host.layout.state, 'npm');
  await mkdir(npm);
  await writeFile(join(npm, 'plugin'), '');
  const seen = await inside(`
    const { readdirSync, writeFileSync } = await import('node:fs');
    const npm = ${JSON.stringify(npm)};
    let why;
    try { writeFileSync(npm + '/planted', ''); } catch ({ code }) { why = code; }
    console.log(JSON.stringify({ names: readdirSync(npm), why }));`);
  expect(seen).toEqual({ names: ['plugin'], why: 'EROFS' });
});

// What is mounted over a folder of the machine is what root finds there next, such as mount(8) itself in /usr/bin.
test.each<[string, () => readonly [link: string, to: string]]>([
  [
    'of the plugins of the copy',
    () => [join(scratch, 'state', 'npm'), join(pod.directory, 'programs-of-the-machine')],
  ],
  ['of the copy', () => [join(scratch, 'state'), join(pod.directory, 'programs-of-the-machine')]],
  ['of the plugins', () => [join(host.layout.state, 'npm'), join(pod.directory, 'of-somebody-else')]],
  ['of what is temporary', () => [join(scratch, 'tmp'), join(pod.directory, 'of-somebody-else')]],
])(
  'fault (storage): a link of the agent lies in the place %s of a gateway that is only tried → root mounts nothing over what it leads to, and shows nobody what is there',
  async (_, planted) => {
    const missing = await whyNoOwnWorld(host);
    if (missing !== undefined) return console.warn(`Not tested: ${missing}`);
    const [link, to] = planted();
    await mkdir(to);
    await mkdir(join(host.layout.state, 'npm'));
    await rm(link, { recursive: true, force: true });
    await symlink(to, link);
    const command = { file: host.node, args: ['--eval', 'console.log("has run")'], timeoutSeconds: 60 };
    const { exitCode, stdout, stderr } = await host.run(inOwnWorld(host, command, { scratch }));
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringContaining(`a link leads from ${link}`),
    });
  },
);

test('may have a load balancer, whose address is not one of its own', async () => {
  const missing = await whyNoOwnWorld(host, true);
  if (missing !== undefined) return console.warn(`Not tested: ${missing}`);
  const balancer = { address: '10.0.16.1', port: 5173 };
  const seen = await inside(
    `${addresses}
    const { createServer, get } = await import('node:http');
    const { existsSync } = await import('node:fs');
    const server = createServer(({ socket }, response) => response.end(socket.remoteAddress)).listen(5173, '0.0.0.0');
    await new Promise((resolve) => server.once('listening', resolve));
    while (!existsSync('${balancerSocket}')) await new Promise((resolve) => setTimeout(resolve, 50));
    get({ socketPath: '${balancerSocket}', path: '/' }, async (response) => {
      console.log(JSON.stringify({ from: await (await import('node:stream/consumers')).text(response), own }));
      process.exit(0);
    });`,
    { balancer },
  );
  const { from, own } = seen as { from: string; own: string[] };
  expect(from).toBe(balancer.address);
  expect(own).not.toContain(balancer.address);
});
