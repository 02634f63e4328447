import { spawn } from 'node:child_process';
import { statfsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keepReplica } from '../../src/databases/keep.ts';
import { localCopies, type Places } from '../../src/databases/places.ts';
import { statusFile, type KeeperStatus } from '../../src/databases/status.ts';
import { rows, write } from './said.ts';

const program = new URL('../../src/databases/program.ts', import.meta.url).pathname;
const agent = 'agents/main/agent/openclaw-agent.sqlite';

let places: Places;
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'clawharbor-databases-program-'));
  const at = (name: string): string => join(directory, name);
  places = { state: at('state'), local: at('local'), replica: at('replica'), agents: ['main'] };
  for (const each of [places.state, places.local, join(places.replica, 'holder')])
    await mkdir(each, { recursive: true });
  await write(join(places.state, agent), 'hello');
});
afterEach(() => rm(directory, { recursive: true, force: true }));

interface Answer {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Ends by itself, or is killed: then its exit code is null. */
async function run(verb: string, what?: unknown): Promise<Answer> {
  const words = [verb, JSON.stringify(places), ...(what === undefined ? [] : [JSON.stringify(what)])];
  const child = spawn(
    process.execPath,
    ['--conditions=source', '--disable-warning=ExperimentalWarning', program, ...words],
    { stdio: ['ignore', 'pipe', 'pipe'], timeout: 15_000 },
  );
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const exitCode = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { exitCode, stdout, stderr };
}

/** Every file, and what is in it. */
async function everything(): Promise<Record<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  return Object.fromEntries(
    await Promise.all(files.map(async (file) => [file, (await readFile(file)).toString('base64')] as const)),
  );
}

const onDisk = (): string => join(localCopies(places), agent);
const leftOver = async (): Promise<string[]> =>
  (await readdir(places.local)).filter((name) => name.startsWith('staged'));

/** Replicates what is there. @returns when all of it was */
async function replicated(): Promise<Date> {
  const ended = new AbortController();
  const keeping = keepReplica(places, ended.signal);
  await expect
    .poll(
      async () => {
        const text = await readFile(statusFile(places), 'utf8').catch(() => '{"databases":{}}');
        return (JSON.parse(text) as KeeperStatus).databases[agent];
      },
      { timeout: 20_000 },
    )
    .toMatchObject({ generation: expect.any(String), pendingBytes: 0 });
  ended.abort();
  await keeping;
  return new Date();
}

test('a word that nobody knows, or none, is refused with an error, and nothing is changed or replicated', async () => {
  expect(await run('bring')).toMatchObject({ exitCode: 0 });
  const before = await everything();
  for (const verb of ['replicate', '']) {
    const { exitCode, stdout, stderr } = await run(verb);
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(JSON.parse(stderr)).toEqual({ code: 'UNEXPECTED', message: `nothing is known of "${verb}"` });
  }
  expect(await everything()).toEqual(before);
});

test('fault (kill): whoever has looked at databases as they were is killed before they are removed, or in the middle → the next start does not use them, and they go', async () => {
  await run('bring');
  const then = await replicated();
  await write(onDisk(), 'since then');
  const { directory: staged } = JSON.parse((await run('stage', then)).stdout) as { directory: string };
  expect(rows(join(staged, agent))).toEqual(['hello']);
  // One that was killed while it made them.
  await mkdir(join(places.local, 'staged-half/agents/main/agent'), { recursive: true });
  await writeFile(join(places.local, 'staged-half', agent), 'half of it');
  expect(await leftOver()).toHaveLength(2);
  expect(await run('bring')).toMatchObject({ exitCode: 0 });
  expect(await leftOver()).toEqual([]);
  expect(rows(onDisk())).toEqual(['hello', 'since then']);
  // Nor does a start after a reboot, which brings them anew.
  await replicated();
  await mkdir(join(places.local, 'staged-half'));
  await writeFile(join(places.local, 'boot'), 'another');
  expect(await run('bring')).toMatchObject({ exitCode: 0 });
  expect(await leftOver()).toEqual([]);
  expect(rows(onDisk())).toEqual(['hello', 'since then']);
});

test.each(['on the disk', 'in the state directory'])(
  'fault (storage): the disk has room for the databases %s, and not for what going back takes beside them → it is said before anything is made, and nothing is left',
  async (where) => {
    await run('bring');
    const then = await replicated();
    if (where !== 'on the disk') expect(await run('fold')).toMatchObject({ exitCode: 0 });
    const root = where === 'on the disk' ? localCopies(places) : places.state;
    const large = join(root, 'state/large.sqlite');
    await mkdir(dirname(large), { recursive: true });
    await writeFile(large, '');
    // It takes no room, and would take half of what there is wherever it is copied to.
    const { bavail, bsize } = statfsSync(places.local);
    await truncate(large, Math.floor((bavail * bsize) / 2));
    const { exitCode, stdout, stderr } = await run('stage', then);
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(JSON.parse(stderr)).toEqual({
      code: 'DISK_FULL',
      message: expect.stringMatching(/MB of room, and \d+ MB are needed .* nothing was changed/),
    });
    expect(await leftOver()).toEqual([]);
    await rm(large);
    expect(await run('stage', then)).toMatchObject({ exitCode: 0 });
    expect(rows(join(root, agent))).toEqual(['hello']);
  },
);

test('fault (storage): a machine that has no databases yet has no room for those that were replicated → it is said before anything is made', async () => {
  await run('bring');
  const then = await replicated();
  const { bavail, bsize } = statfsSync(places.local);
  const epochs = join(places.replica, 'epochs');
  for (const name of await readdir(epochs, { recursive: true })) {
    if (!name.includes(agent) || basename(name) !== 'complete') continue;
    const completion = JSON.parse(await readFile(join(epochs, name), 'utf8')) as { database: object };
    const database = { ...completion.database, bytes: Math.floor((bavail * bsize) / 2) };
    await writeFile(join(epochs, name), JSON.stringify({ ...completion, database }));
  }
  // Another machine, that one being lost: what was in the state at first is not what it had at last.
  places = { ...places, local: join(directory, 'another') };
  await mkdir(places.local);
  const { exitCode, stderr } = await run('stage', then);
  expect([exitCode, JSON.parse(stderr)]).toMatchObject([1, { code: 'DISK_FULL' }]);
  expect(await leftOver()).toEqual([]);
});
