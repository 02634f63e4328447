import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDataDirectory, type DataDirectory } from '../../src/pod/data-dir.ts';
import { refuseTakenPort, rememberedPort } from '../../src/pod/port.ts';
import { newDesk, type } from '../cli/run-cli.ts';

const servers: Server[] = [];
let directory: DataDirectory;

beforeEach(() => {
  directory = openDataDirectory(mkdtempSync(join(tmpdir(), 'clawharbor-ports-')));
});

afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((closed) => server.close(closed));
});

async function listenOn(port: number): Promise<number> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((listening, failed) => {
    server.once('error', failed).listen(port, '127.0.0.1', listening);
  });
  return (server.address() as { port: number }).port;
}

test('a remembered port is the same at every start', async () => {
  const first = await rememberedPort(directory, 'gateway');
  const model = await rememberedPort(directory, 'model');
  expect(await rememberedPort(directory, 'gateway')).toBe(first);
  expect(await rememberedPort(directory, 'model')).toBe(model);
});

test('a remembered port that somebody took gives way to another, which is remembered', async () => {
  const first = await rememberedPort(directory, 'gateway');
  await listenOn(first);
  const second = await rememberedPort(directory, 'gateway');
  expect(second).not.toBe(first);
  expect(JSON.parse(readFileSync(join(directory.root, 'ports.json'), 'utf8'))).toEqual({ gateway: second });
});

test.each(['--port', '--login-port'] as const)('a taken port names %s as the way out', async (option) => {
  await expect(refuseTakenPort(await listenOn(0), option)).rejects.toMatchObject({
    code: 'PORT_TAKEN',
    message: expect.stringMatching(new RegExp(`choose another with ${option}$`)),
  });
});

test('the login page has the port after the pod’s, and is refused when somebody has it', async () => {
  // One that has a free port before it.
  let taken = await listenOn(0);
  while (
    await listenOn(taken - 1).then(
      () => false,
      () => true,
    )
  )
    taken = await listenOn(0);
  const before = servers.pop()!;
  await new Promise((closed) => before.close(closed));
  const { exitCode, stderr } = type(newDesk(), ['up', '--port', String(taken - 1)]);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(new RegExp(`^PORT_TAKEN: port ${taken} .*--login-port\n$`));
});
