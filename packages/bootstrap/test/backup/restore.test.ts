import {
  access,
  chmod,
  mkdir,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { basename, join } from 'node:path';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { GatewayLine } from '../../src/openclaw/gateway-line.ts';
import { backUp, type Backup, type BackupContext } from '../../src/backup/create.ts';
import { drill } from '../../src/backup/drill.ts';
import { BackupFolder, sha256Of } from '../../src/backup/folder.ts';
import { storeAll } from '../../src/backup/keep.ts';
import { replacedStates } from '../../src/backup/replaced.ts';
import { planRestore, restoreBackup } from '../../src/backup/restore.ts';
import { readStatus } from '../../src/backup/status.ts';
import { BackupStore } from '../../src/backup/store.ts';
import { converge } from '../../src/converge.ts';
import { backUpState } from '../../src/steps/back-up.ts';
import type { BootstrapError } from '../../src/errors.ts';
import { whyNoOwnWorld } from '../../src/host/own-world.ts';
import { ReleaseRecords } from '../../src/upgrade/records.ts';
import { SmallDisk, whyNoDisk } from '../stand-ins/small-disk.ts';
import { makePod, type TestPod } from '../stand-ins/pod.ts';

let pod: TestPod;
let backup: Backup;
let store: BackupStore;
let context: BackupContext;
const file = (name: string): string => join(pod.host.layout.state, name);

/** Rows in the state database, as the real one has a table of people. */
function add(name: string): void {
  const database = new DatabaseSync(file('state/openclaw.sqlite'));
  database.exec('PRAGMA user_version = 18; CREATE TABLE IF NOT EXISTS people (name TEXT)');
  database.prepare('INSERT INTO people VALUES (?)').run(name);
  database.close();
}

beforeEach(async () => {
  pod = await makePod();
  context = { host: pod.host, spec: pod.spec(), signal: new AbortController().signal };
  expect((await converge(context.spec, pod.host)).outcome).toBe('ready');
  await mkdir(file('state'), { recursive: true });
  await mkdir(file('workspace'), { recursive: true });
  await writeFile(file('workspace/notes.md'), 'before');
  add('ann');
  store = new BackupStore(pod.host, context.spec);
  backup = await backUp(context, 'asked-for');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await pod.close();
});

const stepWith = (backups: object) => ({
  ...context,
  spec: pod.spec({ backups }),
  secretEnvironment: async () => ({}),
  line: new GatewayLine(pod.host),
  startedAt: pod.host.now(),
  done: new Map(),
});
const restore = () => restoreBackup(context, store, { wanted: { id: backup.id } });

test('a backup says what is in it, and nothing is left beside it', async () => {
  expect(backup.manifest.databases).toEqual([
    { file: 'state/openclaw.sqlite', schema: 18, rows: { people: 1 } },
  ]);
  expect(backup.manifest.leftOut).toEqual([{ path: file('tmp'), reason: 'regenerable' }]);
  expect((await stat(backup.file)).mode & 0o777).toBe(0o600);
  expect(await readdir(pod.host.layout.backups)).toEqual([`${backup.id}.json`, `${backup.id}.tar.gz`]);
  expect((await readdir(pod.host.layout.cache)).filter((name) => name.startsWith('backup'))).toEqual([]);
  expect(await storeAll(store)).toEqual([]);
});

test('a restore brings back what was there, keeps what came after, and closes directories to others', async () => {
  add('ben');
  await writeFile(file('workspace/notes.md'), 'after');
  await chmod(file('workspace'), 0o755);
  const { losses } = await planRestore(context, store, { wanted: { at: pod.host.now() } });
  expect(losses).toEqual([
    'state/openclaw.sqlite: 1 of 2 rows of people came after it',
    'workspace/notes.md was changed after it',
  ]);
  const said: string[] = [];
  await restoreBackup(context, store, {
    wanted: { id: backup.id },
    onProgress: (line) => said.push(line),
  });
  expect(said[0]).toContain('1 databases');
  expect(await readFile(file('workspace/notes.md'), 'utf8')).toBe('before');
  expect((await stat(file('workspace'))).mode & 0o777).toBe(0o700);
  const [replaced] = await replacedStates(pod.host.layout);
  expect(await readFile(join(replaced!.directory, 'workspace/notes.md'), 'utf8')).toBe('after');
  expect((await pod.host.units.state('openclaw')).status).toBe('inactive');
  expect((await converge(context.spec, pod.host)).outcome).toBe('ready');
});

test('fault (backup): an archive is damaged here before it is in the bucket → it is named with what to do, the newer ones get there, and nothing says that they did not', async () => {
  const later = await backUp(context, 'asked-for');
  await writeFile(backup.file, Buffer.alloc(backup.manifest.bytes));
  const put: string[] = [];
  const s3 = createServer((request, response) => {
    put.push(basename(request.url!.split('?')[0]!));
    request.resume().on('end', () => response.end());
  }).listen(0, '127.0.0.1');
  await once(s3, 'listening');
  vi.stubEnv('AWS_ENDPOINT_URL_S3', `http://127.0.0.1:${(s3.address() as AddressInfo).port}`);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'none');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'none');
  const both = new BackupStore(pod.host, pod.spec({ backups: { bucket: 'archives' } }));
  await expect(storeAll(both)).rejects.toMatchObject({
    code: 'BACKUP_CORRUPT',
    message: expect.stringContaining(backup.id),
  });
  expect(put).toEqual([`${later.id}.tar.gz`, `${later.id}.json`]);
  for (const damage of [async () => {}, () => truncate(backup.file, 100), () => rm(backup.file)]) {
    await damage();
    await rm(join(pod.host.layout.backups, 'status.json'), { force: true });
    const { warnings } = await backUpState.apply(stepWith({ bucket: 'archives' }));
    expect(await readStatus(pod.host.layout)).toMatchObject({
      lastStored: later.at,
      storeFailure: {
        code: 'BACKUP_CORRUPT',
        message: expect.stringContaining(`remove ${store.folder.manifestOf(backup.id)}`),
      },
    });
    expect(warnings).toEqual([
      {
        code: 'BACKUP_NOT_STORED',
        message: expect.stringMatching(`is of ${later.at}: one that is damaged .*${backup.id}`),
      },
    ]);
  }
  await rm(store.folder.manifestOf(backup.id));
  expect(await storeAll(both)).toEqual([]);
  s3.close();
});

test('an archive that is not whole here comes from the bucket, where it is', async () => {
  const archive = await readFile(backup.file);
  const asked: (string | undefined)[] = [];
  const s3 = createServer((request, response) => {
    asked.push(request.url?.split('?')[0]);
    response.end(archive);
  }).listen(0, '127.0.0.1');
  await once(s3, 'listening');
  vi.stubEnv('AWS_ENDPOINT_URL_S3', `http://127.0.0.1:${(s3.address() as AddressInfo).port}`);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'none');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'none');
  const both = new BackupStore(pod.host, pod.spec({ backups: { bucket: 'archives' } }));
  await both.fetch(backup.manifest);
  await truncate(backup.file, 100);
  await both.fetch(backup.manifest);
  await truncate(backup.file, 100);
  await expect(both.fetch({ ...backup.manifest, sha256: '0'.repeat(64) })).rejects.toThrow(
    /has 100 bytes, not .*Nor does it come from the bucket: .*SHA-256/,
  );
  await writeFile(backup.file, archive);
  const shorter = { ...backup.manifest, bytes: 100 };
  const code = async (fetched: Promise<void>) => fetched.catch((error: BootstrapError) => error.code);
  expect(await code(both.bucket!.fetch(both.folder, shorter))).toBe('BACKUP_CORRUPT');
  if (whyNoDisk === undefined) {
    const small = new SmallDisk(join(pod.directory, 'small'));
    small.leave(0);
    const folder = new BackupFolder({ ...pod.host.layout, backups: join(pod.directory, 'small') });
    expect(await code(both.bucket!.fetch(folder, backup.manifest))).toBe('DISK_FULL');
    small.close();
  }
  asked.splice(1);
  vi.unstubAllEnvs();
  s3.closeAllConnections();
  await new Promise((resolve) => s3.close(resolve));
  expect(asked).toEqual([`/archives/${backup.id}.tar.gz`]);
  expect(await readFile(backup.file)).toEqual(archive);
});

describe('a restore changes nothing', () => {
  const untouched = async () => {
    expect(await replacedStates(pod.host.layout)).toEqual([]);
    expect((await pod.host.units.state('openclaw')).status).toBe('active');
    expect((await readdir(pod.host.layout.records)).filter((name) => name.includes('restore'))).toEqual([]);
  };

  test('when the archive was cut off', async () => {
    await truncate(backup.file, 100);
    await expect(restore()).rejects.toThrow(expect.objectContaining({ code: 'BACKUP_CORRUPT' }));
    await untouched();
  });

  test('when the archive is gone', async () => {
    await rm(backup.file);
    await expect(restore()).rejects.toThrow(expect.objectContaining({ code: 'BACKUP_CORRUPT' }));
    await untouched();
  });

  test.each(['../../..', '/../../../..', '..', '.'])(
    'when its state is outside of it, at %s',
    async (way) => {
      const tree = join(pod.directory, 'tree');
      await mkdir(tree);
      const asset = { kind: 'state', sourcePath: file(''), archivePath: way };
      await writeFile(
        join(tree, 'manifest.json'),
        JSON.stringify({ runtimeVersion: '2026.9.6', paths: { stateDir: file('') }, assets: [asset] }),
      );
      execFileSync('tar', ['-czf', backup.file, '-C', tree, '.']);
      const { size: bytes } = await stat(backup.file);
      await store.folder.describe({
        ...backup.manifest,
        bytes,
        sha256: await sha256Of(backup.file),
        databases: [],
      });
      await expect(restore()).rejects.toThrow(expect.objectContaining({ code: 'BACKUP_CORRUPT' }));
      await untouched();
    },
  );

  test('when the rows are others', async () => {
    const [database] = backup.manifest.databases;
    await store.folder.describe({ ...backup.manifest, databases: [{ ...database!, rows: { people: 2 } }] });
    await expect(restore()).rejects.toThrow(/has not the rows/);
    await untouched();
  });

  test('when it was called off', async () => {
    const ended = { ...context, signal: AbortSignal.abort(new Error('called off')) };
    await expect(restoreBackup(ended, store, { wanted: { id: backup.id } })).rejects.toThrow('called off');
    await untouched();
  });
});

test('fault (storage): what a restore has unpacked does not reach the storage → the restore fails before it has changed anything', async () => {
  const programs = join(pod.directory, 'programs');
  await mkdir(programs);
  const script = `#!/bin/sh\n{ echo "$@"; find "$2" -name notes.md; } >"${programs}/said"; exit 1\n`;
  await writeFile(join(programs, 'sync'), script, { mode: 0o755 });
  vi.stubEnv('PATH', `${programs}:${process.env['PATH']}`);
  const host = pod.replace();
  await converge(context.spec, host, { phase: 'prepare' });
  await writeFile(file('workspace/notes.md'), 'after');
  await expect(
    restoreBackup({ ...context, host }, new BackupStore(host, context.spec), { wanted: { id: backup.id } }),
  ).rejects.toMatchObject({ code: 'COMMAND_FAILED' });
  expect(await readFile(join(programs, 'said'), 'utf8')).toMatch(
    /^--file-system .*\/\.clawharbor\/restore\.\S*\n.*\/workspace\/notes\.md\n$/,
  );
  expect(await readFile(file('workspace/notes.md'), 'utf8')).toBe('after');
  expect((await pod.host.units.state('openclaw')).status).toBe('active');
  expect((await readdir(pod.host.layout.records)).filter((name) => name.startsWith('restore'))).toEqual([]);
});

test('fault (backup): a link lies in the place of a database, so that an archive has none of its rows → it is no backup, and the database is named', async () => {
  await rename(file('state/openclaw.sqlite'), file('workspace/real.sqlite'));
  await symlink(file('workspace/real.sqlite'), file('state/openclaw.sqlite'));
  await expect(backUp(context, 'asked-for')).rejects.toMatchObject({
    code: 'BACKUP_FAILED',
    message: 'state/openclaw.sqlite in the archive: it is a link, and must be a regular file',
  });
  expect((await store.folder.list()).map(({ id }) => id)).toEqual([backup.id]);
});

test('conversations that no archive would have are no backup', async () => {
  await mkdir(file('agents/main/sessions'), { recursive: true });
  await writeFile(file('agents/main/sessions/one.jsonl'), '{}');
  await expect(backUp(context, 'asked-for')).rejects.toThrow(/conversations of the agent main/);
  expect((await store.folder.list()).map(({ id }) => id)).toEqual([backup.id]);
});

test('a drill of an archive with a config that is none fails, and is remembered as any other', async () => {
  await writeFile(file('openclaw.json'), '{ "gateway": ');
  pod.host.now = () => new Date(Date.now() + 5000);
  await backUp(context, 'asked-for');
  expect((await drill(context, store)).error).toMatchObject({ code: 'DRILL_FAILED' });
});

describe('a drill of a state with paths that its config does not show', () => {
  beforeEach(async () => {
    await writeFile(file('writes-to'), file('written'));
    await writeFile(file('instead-of-sessions.list'), '{ "sessions": [] }');
    pod.host.now = () => new Date(Date.now() + 5000);
    await backUp(context, 'asked-for');
  });

  test('fault (backup): a file that the config of an archive includes has paths of the live state → the gateway of a drill finds its copy there, and the live state stays as it is', async () => {
    const missing = await whyNoOwnWorld(pod.host);
    if (missing !== undefined) return console.warn(`Not tested: ${missing}`);
    const result = await drill(context, store);
    expect(result.error).toBeUndefined();
    expect(result.readySeconds).toBeGreaterThan(0);
    await expect(access(file('written'))).rejects.toThrow('ENOENT');
    expect((await readdir(pod.host.layout.cache)).filter((name) => name.startsWith('backup'))).toEqual([]);
  });

  test('fault (backup): a machine gives no gateway a world of its own → a drill there says so, and starts none', async () => {
    const programs = join(pod.directory, 'programs');
    await mkdir(programs);
    await writeFile(
      join(programs, 'setpriv'),
      '#!/bin/sh\necho "unshare failed: not permitted" >&2; exit 1\n',
      {
        mode: 0o755,
      },
    );
    vi.stubEnv('PATH', `${programs}:${process.env['PATH']}`);
    const { error } = await drill({ ...context, host: pod.replace() }, store);
    expect(error).toMatchObject({
      code: 'DRILL_FAILED',
      message: expect.stringMatching(
        /no gateway a world of its own \(unshare: unshare failed: not permitted\)/,
      ),
    });
    await expect(access(file('written'))).rejects.toThrow('ENOENT');
  });
});

test('a torn database is told in a dry run', async () => {
  await writeFile(file('state/openclaw.sqlite'), 'no database at all');
  const { losses } = await planRestore(context, store, { wanted: { id: backup.id } });
  expect(losses.join()).toMatch(/state\/openclaw\.sqlite cannot be read as it is/);
});

test('the step makes a backup when it is due, and only the newest stay', async () => {
  const step = stepWith({ keep: 2, everyHours: 1 });
  await backUpState.apply(step);
  for (const hour of [1, 2, 3]) {
    const now = new Date(Date.now() + hour * 3_700_000);
    pod.host.now = () => now;
    const { changes } = await backUpState.apply(step);
    expect(changes[0]).toMatch(/^backed the state up: /);
  }
  expect(await store.folder.list()).toHaveLength(2);
});

test('fault (release): more backups are made after an upgrade than are kept → the one ahead of it stays for as long as it is named as the way back', async () => {
  const step = stepWith({ keep: 2, everyHours: 1 });
  const records = new ReleaseRecords(pod.host);
  const last = { version: '2026.9.6', at: backup.at };
  const { id, file: archive, at } = backup;
  await records.saveLast({ ...last, upgraded: { from: '2026.9.5', at, backup: { id, file: archive, at } } });
  await backUpState.apply(step);
  const afterHours = async (hours: number): Promise<string[]> => {
    const now = new Date(Date.now() + hours * 3_700_000);
    pod.host.now = () => now;
    await backUpState.apply(step);
    return (await store.folder.list()).map((each) => each.id);
  };
  await afterHours(1);
  await afterHours(2);
  expect(await afterHours(3)).toEqual([backup.id, expect.any(String), expect.any(String)]);
  await store.folder.check(backup.manifest);
  await records.saveLast(last);
  const left = await afterHours(4);
  expect(left).toHaveLength(2);
  expect(left).not.toContain(backup.id);
});
