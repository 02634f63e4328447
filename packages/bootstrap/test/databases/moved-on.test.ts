import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bringDatabases } from '../../src/databases/bring.ts';
import { writerLock } from '../../src/backup/writer-lock.ts';
import type { Host } from '../../src/host/host.ts';
import type { Layout } from '../../src/host/layout.ts';
import { placesOf } from '../../src/openclaw/databases-program.ts';
import { haveMovedOn } from '../../src/openclaw/gateway-databases.ts';
import { GatewayLine } from '../../src/openclaw/gateway-line.ts';
import { epochFile } from '../../src/databases/holder.ts';
import { startGateway } from '../../src/steps/start-gateway.ts';
import type { StepContext } from '../../src/steps/step.ts';
import { makePod } from '../stand-ins/pod.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'clawharbor-moved-on-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** A machine of the pod, as far as its databases go. */
async function machine(name: string): Promise<{ kind: 'systemd'; layout: Layout }> {
  const at = (...path: string[]): string => join(directory, ...path);
  const layout = { state: at('state'), databases: at(name), replica: at('replica') } as Layout;
  for (const each of [layout.state, layout.databases, dirname(epochFile(placesOf(layout)))])
    await mkdir(each, { recursive: true });
  return { kind: 'systemd', layout };
}

const replicated = { fileSystem: { databases: 'replicated' } } as Parameters<typeof haveMovedOn>[1];
const bring = ({ layout }: { layout: Layout }) =>
  bringDatabases(placesOf(layout), { now: new Date(), boot: 'first' });

test('fault (instance): another machine has gone on with the databases of a gateway that still runs → it is told, and only of that one', async () => {
  const [here, there] = [await machine('here'), await machine('there')];
  expect(await haveMovedOn(here, replicated)).toBe(false);
  await bring(here);
  expect(await haveMovedOn(here, replicated)).toBe(false);
  await bring(there);
  expect(await haveMovedOn(here, replicated)).toBe(true);
  expect(await haveMovedOn(there, replicated)).toBe(false);
  expect(await haveMovedOn(here, {})).toBe(false);
});

test('a file system that says nothing of it is no reason to end a gateway', async () => {
  const here = await machine('here');
  await bring(here);
  await rm(epochFile(placesOf(here.layout)));
  expect(await haveMovedOn(here, replicated)).toBe(false);
  await writeFile(epochFile(placesOf(here.layout)), 'another');
  expect(await haveMovedOn(here, replicated)).toBe(true);
});

test('fault (instance): a machine waits for one that has gone on with its databases → the error says that the one that waits is to be ended, and not the other', async () => {
  const pod = await makePod();
  let other: ChildProcess | undefined;
  try {
    // A minute of it lasts three seconds. An instance, as far as it is asked where its databases are.
    const host: Host = Object.assign(pod.host, { kind: 'systemd', elapsed: () => performance.now() * 20 });
    const { layout } = host;
    for (const each of [layout.records, layout.databases, dirname(epochFile(placesOf(layout)))])
      await mkdir(each, { recursive: true });
    const context: StepContext = {
      host,
      spec: pod.spec({
        readyTimeoutSeconds: 60,
        fileSystem: {
          id: 'fs-0123456789abcdef0',
          stateAccessPoint: 'fsap-0123456789abcdef0',
          artifactsAccessPoint: 'fsap-0123456789abcdef1',
          databases: 'replicated',
        },
      }),
      secretEnvironment: async () => ({}),
      line: new GatewayLine(host),
      startedAt: new Date(),
      done: new Map(),
      signal: new AbortController().signal,
    };
    await bring({ layout });
    const holds = ['--exclusive', '--no-fork', writerLock(host), 'sh', '-c', 'echo held; exec sleep 60'];
    other = spawn('flock', holds, { stdio: ['ignore', 'pipe', 'ignore'] });
    await once(other.stdout!, 'data');
    await expect(startGateway.apply(context)).rejects.toMatchObject({
      code: 'STATE_LOCKED',
      message: expect.stringMatching(/^A gateway on another machine, .* for 60 s\. End it first\.$/),
    });

    const databases = join(directory, 'there');
    await mkdir(databases);
    await bring({ layout: { ...layout, databases } });
    await expect(startGateway.apply(context)).rejects.toMatchObject({
      code: 'STATE_LOCKED',
      message: expect.stringMatching(
        /^Another machine has gone on with .* this machine is the one to be ended\. It waits for the other one\.$/,
      ),
    });
  } finally {
    other?.kill();
    await pod.close();
  }
});
