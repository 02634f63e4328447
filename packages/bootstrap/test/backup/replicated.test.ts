import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { backUp, type BackupContext } from '../../src/backup/create.ts';
import { restoreBackup } from '../../src/backup/restore.ts';
import { BackupStore } from '../../src/backup/store.ts';
import { converge } from '../../src/converge.ts';
import { bringDatabases } from '../../src/databases/bring.ts';
import { elsewhereName, epochFile } from '../../src/databases/holder.ts';
import type { Command } from '../../src/host/host.ts';
import { placesOf } from '../../src/openclaw/databases-program.ts';
import { areElsewhere } from '../../src/openclaw/gateway-databases.ts';
import { gatewayUnitName } from '../../src/openclaw/gateway-unit.ts';
import { rows, write } from '../databases/said.ts';
import { makePod, type TestPod } from '../stand-ins/pod.ts';

let pod: TestPod;
let context: BackupContext;
const inState = (name: string): string => join(pod.host.layout.state, name);
const database = 'state/openclaw.sqlite';

/** A pod whose gateway runs, and whose databases are on the disk of this machine by the record. */
beforeEach(async () => {
  pod = await makePod();
  const { host } = pod;
  context = { host, spec: pod.spec(), signal: new AbortController().signal };
  expect((await converge(context.spec, host)).outcome).toBe('ready');
  await write(inState(database), 'ann');
  const places = placesOf(host.layout);
  for (const each of [places.local, dirname(epochFile(places))]) await mkdir(each, { recursive: true });
  await bringDatabases(places, { now: host.now(), boot: 'first' });
  await writeFile(join(host.layout.records, elsewhereName), '{}\n');
});
afterEach(() => pod.close());

/** Once OpenClaw has made its archive. */
function afterArchive(action: () => Promise<void>): void {
  const { host } = pod;
  const run = host.run.bind(host);
  host.run = async (command: Command) => {
    const result = await run(command);
    if (command.args.includes('backup') && command.args.includes('create')) await action();
    return result;
  };
}

test.each<[string, () => Promise<void>]>([
  ['ends', () => pod.host.units.stop(gatewayUnitName)],
  ['is started again', () => pod.host.units.restart(gatewayUnitName)],
])(
  'fault (gateway): it has its databases on the disk, and %s while it is backed up → there is no archive, because it would have old ones, and nothing is left of it',
  async (_, end) => {
    afterArchive(end);
    await expect(backUp(context, 'asked-for')).rejects.toMatchObject({
      code: 'BACKUP_FAILED',
      message: expect.stringMatching(/does not run here, or was started again meanwhile/),
    });
    const { backups, cache } = pod.host.layout;
    expect(await readdir(backups).catch(() => [])).toEqual([]);
    expect((await readdir(cache)).filter((name) => name.startsWith('backup'))).toEqual([]);
  },
);

test('a gateway that has its databases on the disk, and has ended before, is not backed up; one that goes on is', async () => {
  const { databases } = (await backUp(context, 'asked-for')).manifest;
  expect(databases).toEqual([{ file: database, schema: 0, rows: { said: 1 } }]);
  await pod.host.units.stop(gatewayUnitName);
  await expect(backUp(context, 'asked-for')).rejects.toMatchObject({ code: 'BACKUP_FAILED' });
});

test('fault (backup): an archive was made where the databases are on the disk of a machine, and is restored where nothing replicates → it has them all, and nobody looks for them elsewhere', async () => {
  const { id } = await backUp(context, 'asked-for');
  await pod.host.units.stop(gatewayUnitName);
  // Another place: no record of where they are.
  const { replica, records, databases } = pod.host.layout;
  for (const each of [replica, databases, join(records, elsewhereName)]) await rm(each, { recursive: true });
  await write(inState(database), 'ben');
  await restoreBackup(context, new BackupStore(pod.host, context.spec), { wanted: { id } });
  expect(rows(inState(database))).toEqual(['ann']);
  expect(await areElsewhere(pod.host)).toBe(false);
  expect((await converge(context.spec, pod.host)).outcome).toBe('ready');
  expect((await backUp(context, 'asked-for')).manifest.databases).toHaveLength(1);
});
