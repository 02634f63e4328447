import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { converge } from '../src/converge.ts';
import { gatewayCall } from '../src/openclaw/gateway-call.ts';
import { GatewayLine } from '../src/openclaw/gateway-line.ts';
import type { OpenClawVersion } from '../src/openclaw-release.ts';
import { makePod, storeStandIn, type TestPod } from './stand-ins/pod.ts';

/** A client that says which process it is, of which release, and how it was called. */
const client = (version: string) => `
export async function callGatewayFromCli(method, options, parameters, more) {
  if (parameters.late) await new Promise((done) => setTimeout(done, parameters.late));
  if (method === 'fails') throw new Error('refused, tried with ' + process.env.OPENCLAW_GATEWAY_PASSWORD);
  if (method === 'ends') process.exit(1);
  return { version: '${version}', pid: process.pid, method, options, more };
}`;

const versions = ['2026.9.5', '2026.9.6'] as const;
const password = 'the-local-password-of-a-test';

let pod: TestPod;
let line: GatewayLine;
beforeEach(async () => {
  pod = await makePod();
  await storeStandIn(pod.directory, '2026.9.5');
  for (const version of versions) {
    expect((await converge(specOf(version), pod.host, { phase: 'prepare' })).outcome).toBe('prepared');
    const openclaw = join(pod.host.layout.install, version, 'node_modules/openclaw');
    await writeFile(join(openclaw, 'gateway-runtime.mjs'), client(version));
  }
  await mkdir(pod.host.layout.state, { recursive: true });
  line = new GatewayLine(pod.host);
});
afterEach(async () => {
  await line.close();
  await pod.close();
});

function specOf(version: OpenClawVersion) {
  const usual = pod.spec();
  return { ...usual, openclaw: { ...usual.openclaw, version } };
}

async function call(
  method: string,
  parameters: object = {},
  version: OpenClawVersion = '2026.9.6',
): Promise<{ version: string; pid: number; method: string }> {
  const { answer, failed } = await line.call(specOf(version), password, { method, parameters });
  if (failed !== undefined) throw new Error(failed);
  return answer as never;
}

test('calls of one run are made by one client, each answered with its own answer', async () => {
  const first = await call('one');
  expect(first).toMatchObject({
    method: 'one',
    options: { timeout: '10000' },
    more: { expectFinal: false, sharedStateMode: 'read-only' },
  });
  const both = await Promise.all([call('two', { late: 300 }), call('three')]);
  expect(both).toMatchObject([
    { method: 'two', pid: first.pid },
    { method: 'three', pid: first.pid },
  ]);
});

test('a call that takes longer than a client is kept is answered', async () => {
  await call('one');
  expect(await call('two', { late: 6_000 })).toMatchObject({ method: 'two' });
});

test('a client that nobody needs any more ends, and a call after it has another', async () => {
  const first = await call('one');
  await expect.poll(() => isThere(first.pid), { timeout: 20_000 }).toBe(false);
  expect((await call('two')).pid).not.toBe(first.pid);
});

test('a client that was started ahead of the first call makes it, and has called nothing before', async () => {
  const told = join(pod.directory, 'loaded');
  const openclaw = join(pod.host.layout.install, '2026.9.6/node_modules/openclaw');
  const noting = `import { appendFileSync } from 'node:fs';
const note = (text) => appendFileSync(${JSON.stringify(told)}, text + ' ' + process.pid + '\\n');
note('loaded');
export async function callGatewayFromCli(method) {
  note(method);
  return { version: '2026.9.6', pid: process.pid, method };
}`;
  await writeFile(join(openclaw, 'gateway-runtime.mjs'), noting);
  line.warm(specOf('2026.9.6'), password);
  await expect
    .poll(() => readFile(told, 'utf8').catch(() => ''), { timeout: 20_000 })
    .toMatch(/^loaded \d+\n$/);
  const { pid } = await call('one');
  expect(await readFile(told, 'utf8')).toBe(`loaded ${pid}\none ${pid}\n`);
});

test('a client that could not be started ahead is said to have failed by the call', async () => {
  const openclaw = join(pod.host.layout.install, '2026.9.6/node_modules/openclaw');
  await writeFile(join(openclaw, 'gateway-runtime.mjs'), 'process.exit(1);');
  line.warm(specOf('2026.9.6'), password);
  await expect(call('one')).rejects.toThrow('it ended without an answer');
});

test('another release has a client of its own', async () => {
  const first = await call('one');
  expect(await call('two', {}, '2026.9.5')).toMatchObject({ version: '2026.9.5' });
  expect(isThere(first.pid)).toBe(false);
});

test('whoever lets go of the state does not wait for a call under way, and the next one works', async () => {
  const { pid } = await call('one');
  const cut = expect(call('two', { late: 60_000 })).rejects.toThrow('it ended without an answer');
  await new Promise((done) => setTimeout(done, 500));
  await line.close();
  expect(isThere(pid)).toBe(false);
  await cut;
  expect(await call('three')).toMatchObject({ method: 'three' });
});

test('a method that fails, and a client that ends, are named, and do not end the run', async () => {
  await expect(call('fails')).rejects.toThrow('refused');
  await expect(call('ends')).rejects.toThrow('it ended without an answer');
  expect(await call('one')).toMatchObject({ method: 'one' });
});

test('what is said of a failure has no secret in it', async () => {
  const context = {
    spec: specOf('2026.9.6'),
    host: pod.host,
    line,
    secretEnvironment: async () => ({ OPENCLAW_GATEWAY_PASSWORD: password }),
    startedAt: new Date(),
    done: new Map(),
    signal: new AbortController().signal,
  };
  await expect(gatewayCall(context, 'fails', {})).rejects.toThrow(
    'the call of fails failed: refused, tried with ***',
  );
});

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
