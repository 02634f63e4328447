import { open, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { backUp, restoreBackup, type Backup } from '@clawharbor/bootstrap/backup';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BackedUpTeam } from '../e2e/support/backed-up-team.ts';

/** The same each time it is run with the same number. */
const seed = Number(process.env['FAULTS_SEED'] ?? 1);

let pod: BackedUpTeam;
let backup: Backup;
beforeAll(async () => {
  pod = await BackedUpTeam.open();
  await pod.team.converge([]);
  const ann = await pod.team.connect('ann-sub');
  for (const word of ['one', 'two', 'three']) expect(await ann.say(`Say ${word}`)).toBe(`You said: ${word}`);
  backup = await backUp(pod.context, 'asked-for');
  ann.close();
  await pod.team.host.units.stop('openclaw');
});
afterAll(() => pod?.close());

const stateDatabase = 'state/openclaw.sqlite';
const agentDatabase = 'agents/main/agent/openclaw-agent.sqlite';
const fileOf = (name: string) => join(pod.team.host.layout.state, name);
const restore = () => restoreBackup(pod.context, pod.store, { wanted: { id: backup.id } });

/** Numbers between 0 and 1 that look random: https://en.wikipedia.org/wiki/Linear_congruential_generator */
function* numbers(from: number): Generator<number, never> {
  let value = from;
  for (;;) {
    value = (value * 1_664_525 + 1_013_904_223) % 2 ** 32;
    yield value / 2 ** 32;
  }
}

/** Writes noise over a place, or cuts the file off there. */
async function tear(file: string, place: number, way: 'noise' | 'cut'): Promise<void> {
  const { size } = await stat(file);
  const offset = Math.floor(place * size);
  if (way === 'cut') return truncate(file, offset);
  const handle = await open(file, 'r+');
  await handle.write(Buffer.alloc(Math.min(4096, size - offset), 0xa5), 0, undefined, offset);
  await handle.close();
}

const places = Array.from({ length: 20 }, (_, index) => index);
const random = numbers(seed);
const plan = places.map((index) => ({
  index,
  name: index % 2 === 0 ? stateDatabase : agentDatabase,
  place: random.next().value,
  way: index % 4 < 2 ? ('noise' as const) : ('cut' as const),
}));

describe('a database torn at a random place', () => {
  test.each(plan)(
    '$index: $way in $name: it is never backed up as whole, and a restore brings it back',
    async ({ name, place, way }) => {
      await tear(fileOf(name), place, way);
      // What SQLite cannot tell from what it was, such as a page that is free, may be backed up: it has all the rows.
      const torn = await backUp(pod.context, 'before-test').catch((error: { code: string }) => error.code);
      if (typeof torn !== 'string') {
        const rows = (each: Backup) => each.manifest.databases.find(({ file }) => file === name)?.rows;
        expect(Object.keys(rows(torn) ?? {})).toEqual(Object.keys(rows(backup) ?? {}));
        await pod.store.folder.remove(torn.id);
      } else expect(torn).toBe('BACKUP_FAILED');
      await restore();
      const { manifest } = await backUp(pod.context, 'before-test');
      // OpenClaw keeps a record of each of its own backups.
      const withoutRecords = ({ databases: list }: typeof manifest) =>
        list.map(({ file, schema }) => [file, schema]);
      expect(withoutRecords(manifest)).toEqual(withoutRecords(backup.manifest));
      await pod.store.folder.remove(manifest.id);
    },
  );
});

test.each(['removed', 'emptied', 'cut off', 'of somebody else'])(
  'a config that is %s comes back',
  async (how) => {
    const file = fileOf('openclaw.json');
    const text = await readFile(file, 'utf8');
    if (how === 'removed') await rm(file);
    if (how === 'emptied') await writeFile(file, '');
    if (how === 'cut off') await truncate(file, Math.floor(text.length / 2));
    if (how === 'of somebody else') await writeFile(file, '{ "gateway": { "mode": "remote" } }');
    await restore();
    expect(await readFile(file, 'utf8')).toBe(text);
  },
);

test('at the end a gateway runs on it, and people find what they wrote', async () => {
  const report = await pod.team.converge([]);
  expect(report.steps.flatMap(({ error }) => error ?? [])).toEqual([]);
  const ann = await pod.team.connect('ann-sub');
  const { payload } = await ann.call('chat.history', { sessionKey: 'main', limit: 50 });
  for (const word of ['one', 'two', 'three']) expect(JSON.stringify(payload)).toContain(`You said: ${word}`);
  ann.close();
});
