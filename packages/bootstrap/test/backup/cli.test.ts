import { spawn } from 'node:child_process';
import { mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { BackupFolder, sha256Of } from '../../src/backup/folder.ts';
import { beginSwap, planSwap } from '../../src/backup/swap.ts';
import { converge } from '../../src/converge.ts';
import { makePod, type TestPod } from '../stand-ins/pod.ts';

const program = new URL('../../src/bin/clawharbor-bootstrap.ts', import.meta.url).pathname;

let pod: TestPod;
let where: string[];
const environment: Record<string, string> = {};
beforeEach(async () => {
  pod = await makePod();
  const spec = join(pod.directory, 'spec.json');
  await writeFile(spec, JSON.stringify(pod.spec()));
  where = ['--spec', spec, '--host', 'process', '--root', join(pod.directory, 'instance-0')];
  where.push('--state', pod.host.layout.state, '--artifacts', pod.host.layout.artifacts);
});
afterEach(async () => {
  for (const name of Object.keys(environment)) delete environment[name];
  await pod.close();
});

function start(...args: string[]) {
  const child = spawn(
    process.execPath,
    ['--conditions=source', '--disable-warning=ExperimentalWarning', program, ...args, ...where],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...environment } },
  );
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (text: Buffer) => (output.stdout += text.toString()));
  child.stderr.on('data', (text: Buffer) => (output.stderr += text.toString()));
  const exit = new Promise<number | null>((resolve) => child.on('close', resolve));
  return { child, output, exit };
}

async function ended(...args: string[]) {
  const { output, exit } = start(...args);
  return { exitCode: await exit, ...output };
}

test('backup list says that there is none', async () => {
  expect(await ended('backup', 'list')).toEqual({
    exitCode: 0,
    stdout: 'There is no backup.\n',
    stderr: '',
  });
});

describe('restore refuses, with exit code 1 and nothing changed', () => {
  test.each([
    ['without saying what', [], /^USAGE: restore wants one of --list, --from and --at/],
    ['with two of it', ['--from', '2026-11-29T07-00-00.000Z', '--at', '2026-11-29T08:00Z'], /^USAGE: /],
    ['a list and one of it', ['--list', '--from', '2026-11-29T07-00-00.000Z'], /^USAGE: /],
    ['a list that is to change nothing', ['--list', '--dry-run'], /^USAGE: .*go with --from or --at/],
    ['a list of another pod', ['--list', '--pod', 'other'], /^USAGE: .*go with --from or --at/],
    ['another pod without a name', ['--at', '2026-11-29', '--pod', ''], /^USAGE: .*the name of a pod/],
    ['a name that is none', ['--from', '../backup', '--dry-run'], /^USAGE: .*a name as "backup list" has it/],
    ...['yesterday', '2026-02-31', '2026-11-29T08:00'].map((text): [string, string[], RegExp] => [
      `a time that is none: ${text}`,
      ['--at', text, '--dry-run'],
      /^USAGE: .*a time with its zone, as in/,
    ]),
    ['what is not there', ['--from', '2026-11-29T07-00-00.000Z', '--dry-run'], /^BACKUP_NOT_FOUND: .*named/],
    [
      'when OpenClaw is not installed',
      ['--at', '2026-11-29T08:00Z'],
      /^OPENCLAW_UNUSABLE: .*--phase prepare/,
    ],
  ])('%s', async (_, args, message) => {
    const { exitCode, stderr } = await ended('restore', ...args);
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(message)]);
    expect(await readdir(pod.host.layout.state).catch(() => [])).toEqual([]);
  });

  test('while somebody else runs the pod', async () => {
    const running = start('run', '--stay', '--json');
    await vi.waitFor(() => expect(running.output.stdout).toContain('"outcome":"ready"'), 60_000);
    const { exitCode, stderr } = await ended('restore', '--at', '2026-11-29T08:00Z');
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/^STATE_LOCKED: .*already runs this pod/)]);
    running.child.kill('SIGTERM');
    await running.exit;
  });
});

test('a dry run of going back with databases waits for a run of the timer, which would remove what it looks at', async () => {
  const programs = join(pod.directory, 'programs');
  await mkdir(programs);
  const asked = join(pod.directory, 'asked');
  await writeFile(join(programs, 'flock'), `#!/bin/sh\necho "$@" >>'${asked}'\n`, { mode: 0o755 });
  environment['PATH'] = `${programs}:${process.env['PATH']}`;
  where = ['--spec', join(pod.directory, 'spec.json'), '--host', 'systemd'];
  expect(await ended('restore', '--databases', '--at', '2026-11-29', '--dry-run')).toMatchObject({
    exitCode: 0,
    stderr: '',
  });
  expect(await readFile(asked, 'utf8')).toMatch(
    /clawharbor-bootstrap\.lock .* restore --databases .* --dry-run/,
  );
});

const manifest = {
  format: 1,
  id: '2026-11-20T07-00-00.000Z',
  pod: 'test',
  at: '2026-11-20T07:00:00.000Z',
  reason: 'scheduled',
  bytes: 3,
  sha256: '0'.repeat(64),
  openclaw: '2026.9.6',
  databases: [],
  contents: [],
  leftOut: [],
  remarks: [],
};

describe('what is not as it should be is said in a line with a code', () => {
  test('backups that are a file', async () => {
    await writeFile(pod.host.layout.backups, '');
    const { exitCode, stderr } = await ended('backup', 'list');
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/^ENOTDIR: .*backups'\n$/)]);
  });

  test('OpenClaw that is not installed: nothing was tried, and no archive is to blame', async () => {
    const store = new BackupFolder(pod.host.layout);
    await store.make();
    await writeFile(store.archiveOf(manifest.id), 'abc');
    const sha256 = await sha256Of(store.archiveOf(manifest.id));
    await writeFile(store.manifestOf(manifest.id), JSON.stringify({ ...manifest, sha256 }));
    for (const verb of ['create', 'verify']) {
      const { exitCode, stderr } = await ended('backup', verb);
      expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/^OPENCLAW_UNUSABLE: .*--phase prepare/)]);
    }
  });
});

describe('a bucket that cannot be read', () => {
  const unreachable = {
    AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9',
    AWS_ACCESS_KEY_ID: 'none',
    AWS_SECRET_ACCESS_KEY: 'none',
    AWS_MAX_ATTEMPTS: '1',
  };

  test('keeps nobody from what is here', async () => {
    const spec = pod.spec({ backups: { bucket: 'no-such' } });
    await writeFile(where[1]!, JSON.stringify(spec));
    const store = new BackupFolder(pod.host.layout);
    await store.make();
    await writeFile(store.manifestOf(manifest.id), JSON.stringify(manifest));
    Object.assign(environment, unreachable);
    expect(await ended('backup', 'list')).toEqual({
      exitCode: 1,
      stdout: expect.stringContaining(manifest.id),
      stderr: expect.stringMatching(/^BACKUP_BUCKET_UNREADABLE: s3:/),
    });
    expect(await ended('restore', '--from', manifest.id, '--dry-run')).toMatchObject({ exitCode: 0 });
    const { exitCode, stderr } = await ended('restore', '--at', '2026-11-29', '--dry-run');
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringContaining(`by its name all the same, the newest: ${manifest.id}`),
    ]);
  });
});

test('by its time, a backup of another pod is not in the way', async () => {
  const store = new BackupFolder(pod.host.layout);
  await store.make();
  const other = { ...manifest, id: '2026-11-21T07-00-00.000Z', at: '2026-11-21T07:00:00.000Z', pod: 'other' };
  for (const each of [manifest, other]) await writeFile(store.manifestOf(each.id), JSON.stringify(each));
  // What is no manifest is no backup.
  await symlink('/nowhere', store.manifestOf('2026-11-22T07-00-00.000Z'));
  // The agent names its files as it likes.
  await mkdir(join(pod.host.layout.state, 'workspace'), { recursive: true });
  await writeFile(join(pod.host.layout.state, 'workspace/\u001b[2Jnotes\nnothing is newer than it'), '');
  const { exitCode, stdout } = await ended('restore', '--at', '2026-11-29', '--dry-run');
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining(`put ${manifest.id} `)]);
  expect(stdout).toContain(
    'workspace/\u{fffd}[2Jnotes\u{fffd}nothing is newer than it was changed after it\n',
  );
});

test('a restore that was cut short is finished by the next run, before anything else', async () => {
  const { layout } = pod.host;
  const staging = join(layout.records, 'staging.tmp');
  const staged = join(staging, 'payload');
  await mkdir(staged, { recursive: true });
  await writeFile(join(staged, 'openclaw.json'), '{ "ui": { "seamColor": "#336699" } }');
  await writeFile(join(layout.state, 'openclaw.json'), '{ "ui": { "seamColor": "#000000" } }');
  const kept = join(layout.records, 'replaced-2026-11-29T08-00-00.000Z.tmp');
  const swap = { id: '2026-11-29T07-00-00.000Z', staged, staging, kept };
  await beginSwap(layout, await planSwap(layout, swap));
  const report = await converge(pod.spec(), pod.host);
  expect(report.outcome).toBe('ready');
  expect(report.steps.find(({ name }) => name === 'mount-state')?.changes).toContain(
    'finish the restore of 2026-11-29T07-00-00.000Z, which was cut short',
  );
  expect(await pod.readConfig()).toMatchObject({ ui: { seamColor: '#336699' } });
  expect(await readdir(kept)).toContain('openclaw.json');
});

describe('on an instance, where a timer runs the bootstrap', () => {
  test.each([
    { command: 'backup create' },
    { command: 'backup drill' },
    { command: 'restore --at 2026-11-29' },
  ])(
    'fault (backup): $command by hand while a run has the state for long → it waits, and says after 15 minutes that it was not done',
    async ({ command }) => {
      const programs = join(pod.directory, 'programs');
      await mkdir(programs);
      const script = `#!/bin/sh\necho "$@" >>"${programs}/said"; exit 75\n`;
      await writeFile(join(programs, 'flock'), script, { mode: 0o755 });
      environment['PATH'] = `${programs}:${process.env['PATH']}`;
      where = ['--spec', where[1]!, '--host', 'systemd'];
      const { exitCode, stderr, stdout } = await ended(...command.split(' '));
      expect([exitCode, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/^waits for the run .*\nSTATE_LOCKED: A run .* for 15 minutes\.\n$/);
      expect(await readFile(join(programs, 'said'), 'utf8')).toMatch(
        new RegExp(`--timeout 900 .*bootstrap\\.lock .*${command} --spec `, 'm'),
      );
    },
  );
});

describe('backup create refuses a state of which only a half was exchanged', () => {
  test('by a restore that was cut short', async () => {
    const { layout } = pod.host;
    const staging = join(layout.records, 'restore.tmp');
    await mkdir(join(staging, 'state'), { recursive: true });
    const kept = join(layout.records, 'replaced.tmp');
    await beginSwap(
      layout,
      await planSwap(layout, { id: 'x', staged: join(staging, 'state'), staging, kept }),
    );
    const { exitCode, stderr } = await ended('backup', 'create');
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/^STATE_LOCKED: A restore .* cut short/)]);
  });

  test('by an upgrade that was cut short', async () => {
    const { records } = pod.host.layout;
    const [from, to, at] = ['2026.9.5', '2026.9.6', '2026-11-29T08:00:00.000Z'];
    const journal = { state: 'under-way', step: 'roll-back', from, to, goal: to, spec: '', startedAt: at };
    await mkdir(records, { recursive: true });
    await writeFile(join(records, 'upgrade.json'), JSON.stringify(journal));
    const { exitCode, stderr } = await ended('backup', 'create');
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/^STATE_LOCKED: An upgrade .* cut short/)]);
  });
});
