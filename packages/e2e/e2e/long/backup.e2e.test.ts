import { cp, readFile, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  backUp,
  drill,
  planRestore,
  readStatus,
  remember,
  replacedStates,
  restoreBackup,
  storeAll,
  type Backup,
} from '@clawharbor/bootstrap/backup';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BackedUpTeam } from '../support/backed-up-team.ts';
import type { GatewayClient } from '../support/gateway-client.ts';

let pod: BackedUpTeam;
let ann: GatewayClient;
let backup: Backup;
beforeAll(async () => {
  pod = await BackedUpTeam.open();
  await pod.team.converge([]);
  ann = await pod.team.connect('ann-sub');
  expect(await ann.say('Say before-1')).toBe('You said: before-1');
});
afterAll(() => pod?.close());

const layout = () => pod.team.host.layout;
const refused = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

async function history(client: GatewayClient): Promise<string> {
  const answer = await client.call('chat.history', { sessionKey: 'main', limit: 50 });
  return JSON.stringify(answer.payload);
}

test('a backup is made while people work', async () => {
  const talking = ann.say('Say before-2');
  backup = await backUp(pod.context, 'asked-for');
  expect(await talking).toBe('You said: before-2');
  expect(backup.manifest.databases.map(({ file, schema }) => [file, schema])).toEqual(
    expect.arrayContaining([
      ['state/openclaw.sqlite', 18],
      ['agents/main/agent/openclaw-agent.sqlite', 23],
    ]),
  );
  const { size, mode } = await stat(backup.file);
  expect([size, mode & 0o777]).toEqual([backup.bytes, 0o600]);
  expect(backup.openclaw).toBe('2026.9.6');
  expect(backup.manifest.contents.map(({ kind }) => kind)).toContain('state');
});

test('it goes to the bucket, with what the role of the template may do and no more', async () => {
  expect(await storeAll(pod.store)).toHaveLength(1);
  expect(await storeAll(pod.store)).toEqual([]);
  const puts = pod.requests.filter(({ operation }) => operation === 'PutObject');
  expect(puts.map(({ status }) => status)).toEqual([200, 200]);
  expect(puts[0]?.resources).toEqual([
    expect.stringMatching(/^arn:aws:s3:::.*\/openclaw\/.*\.tar\.gz$/),
    expect.stringMatching(/^arn:aws:kms:/),
  ]);
  expect((await pod.store.bucket?.list())?.map(({ id }) => id)).toEqual([backup.id]);
});

test('the drill restores it aside, starts a gateway on it and reads what people wrote', async () => {
  const before = await ann.call('health');
  const result = await drill(pod.context, pod.store);
  await remember(pod.context, { lastDrill: result });
  expect(result).toMatchObject({ id: backup.id, openclaw: '2026.9.6' });
  expect(result.error).toBeUndefined();
  expect(result.sessions).toBeGreaterThan(0);
  expect(result.messages).toBeGreaterThan(0);
  expect((await readStatus(layout()))?.lastDrill).toEqual(result);
  console.log(`drill: ${JSON.stringify(result)}`);
  // The pod itself has noticed nothing.
  expect(before.ok && ann.closedWith === undefined).toBe(true);
  expect(await ann.say('Say after-1')).toBe('You said: after-1');
  expect((await readdir(layout().cache)).filter((name) => name.startsWith('backup'))).toEqual([]);
});

test('a dry run says what would be lost and changes nothing', async () => {
  const { losses } = await planRestore(pod.context, pod.store, { wanted: { id: backup.id } });
  expect(losses.join('\n')).toMatch(/agents\/main\/agent\/openclaw-agent\.sqlite: \d+ of \d+ rows of/);
  expect(ann.closedWith).toBeUndefined();
  expect(await replacedStates(layout())).toEqual([]);
});

describe('what is not the backup of this pod is refused, and the gateway goes on', () => {
  const tampered = join('2026-01-01T00-00-00.000Z');
  /** A copy of the backup under another name. */
  async function copy(change: Record<string, unknown> = {}): Promise<string> {
    const manifest = { ...backup.manifest, id: tampered, at: '2026-01-01T00:00:00.000Z', ...change };
    await cp(backup.file, join(layout().backups, `${tampered}.tar.gz`));
    await writeFile(join(layout().backups, `${tampered}.json`), JSON.stringify(manifest));
    return join(layout().backups, `${tampered}.tar.gz`);
  }
  const restore = () => restoreBackup(pod.context, pod.store, { wanted: { id: tampered } });

  test('cut off', async () => {
    await truncate(await copy(), 5000);
    await expect(restore()).rejects.toThrow(refused('BACKUP_CORRUPT', /has 5000 bytes/));
  });

  test('with a byte changed, although the size is right', async () => {
    const file = await copy();
    const bytes = await readFile(file);
    bytes[Math.floor(bytes.length / 2)]! ^= 1;
    await writeFile(file, bytes);
    await expect(restore()).rejects.toThrow(refused('BACKUP_CORRUPT', /SHA-256/));
  });

  test('something else altogether, with a manifest that was made to fit', async () => {
    const file = await copy();
    await writeFile(file, 'no archive');
    const { createHash } = await import('node:crypto');
    const sha256 = createHash('sha256').update('no archive').digest('hex');
    await writeFile(
      join(layout().backups, `${tampered}.json`),
      JSON.stringify({ ...backup.manifest, id: tampered, bytes: 10, sha256 }),
    );
    await expect(restore()).rejects.toThrow(refused('BACKUP_CORRUPT', /cannot be unpacked/));
  });

  test('with other rows than it had', async () => {
    const [first, ...others] = backup.manifest.databases;
    await copy({ databases: [{ ...first, rows: { ...first!.rows, invented: 1 } }, ...others] });
    await expect(restore()).rejects.toThrow(refused('BACKUP_CORRUPT', /not the rows/));
  });

  test.each([
    ['of another pod', { pod: 'other' }, 'BACKUP_FOREIGN', /--pod other/],
    ['of a newer release', { openclaw: '2027.1.1' }, 'BACKUP_NEWER', /2027\.1\.1/],
  ])('%s', async (_, change, code, message) => {
    await copy(change);
    await expect(restore()).rejects.toThrow(refused(code, message));
  });

  test('nothing was changed by any of them', async () => {
    await pod.store.folder.remove(tampered);
    expect(await replacedStates(layout())).toEqual([]);
    expect(ann.closedWith).toBeUndefined();
    expect(await ann.say('Say after-2')).toBe('You said: after-2');
  });
});

test('a disabled key is named, and backups go on here', async () => {
  pod.keyIsEnabled = false;
  const second = await backUp(pod.context, 'before-test');
  await expect(storeAll(pod.store)).rejects.toThrow(
    refused('BACKUP_NOT_STORED', /DisabledException.*key must be enabled/),
  );
  await pod.store.folder.remove(second.id);
  await rm(layout().backups, { recursive: true });
  await expect(pod.store.list()).rejects.toThrow(refused('BACKUP_BUCKET_UNREADABLE', /Disabled/));
  pod.keyIsEnabled = true;
});

test('all of it gone with only S3 left: everything comes back as it was', async () => {
  ann.close();
  const { host } = pod.team;
  await host.units.stop('openclaw');
  await rm(layout().state, { recursive: true });
  await rm(layout().backups, { recursive: true, force: true });
  const started = Date.now();
  await restoreBackup(pod.context, pod.store, { wanted: { at: new Date() } });
  console.log(`restored in ${Date.now() - started} ms`);
  const modes = await Promise.all(
    ['.', 'agents', 'state', 'workspace'].map(
      async (name) => (await stat(join(layout().state, name))).mode & 0o777,
    ),
  );
  expect(modes).toEqual([0o700, 0o700, 0o700, 0o700]);
  const report = await pod.team.converge([]);
  expect(report.steps.flatMap(({ error }) => error ?? [])).toEqual([]);
  const again = await pod.team.connect('ann-sub');
  const told = await history(again);
  expect(told).toContain('before-1');
  expect(told).not.toContain('after-1');
  again.close();
});
