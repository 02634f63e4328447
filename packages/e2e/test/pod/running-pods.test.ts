import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { serveControl, type ControlServer } from '../../src/pod/control.ts';
import { openDataDirectory, writeDocument } from '../../src/pod/data-dir.ts';
import { announcePod, runningPods } from '../../src/pod/running-pods.ts';
import { newDesk, type, typeWhileAnswering, type Desk } from '../cli/run-cli.ts';

let desk: Desk;
let runtime: string;
const controls: ControlServer[] = [];

beforeEach(() => {
  desk = newDesk();
  runtime = desk.env['XDG_RUNTIME_DIR']!;
  vi.stubEnv('XDG_RUNTIME_DIR', runtime);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const control of controls.splice(0)) await control.close();
});

const newFolder = () => mkdtempSync(join(tmpdir(), 'clawharbor-folder-'));
const entries = () => readdirSync(join(runtime, 'clawharbor'));

/** A pod that answers, as far as other commands can tell. */
async function podIn(root: string): Promise<() => void> {
  controls.push(
    await serveControl(openDataDirectory(root), {
      ping: () => Promise.resolve(),
      status: () => Promise.resolve({ dataDir: root }),
    }),
  );
  return announcePod(root);
}

/** The PID of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid!;
}

describe('the pods that run', () => {
  test('are found, and no longer once they have ended', async () => {
    const [one, other] = [newFolder(), newFolder()];
    const withdraw = await podIn(one);
    await podIn(other);
    expect(await runningPods()).toEqual([one, other].toSorted());
    withdraw();
    expect(await runningPods()).toEqual([other]);
  });

  test('are not those that were killed, whose entries are swept away', async () => {
    const root = newFolder();
    await podIn(root);
    writeDocument(join(runtime, 'clawharbor', entries()[0]!), { root, pid: await deadPid() });
    await controls.pop()?.close();
    expect(await runningPods()).toEqual([]);
    expect(entries()).toEqual([]);
  });

  test('may be busy: an entry stays as long as its process does', async () => {
    const root = newFolder();
    await podIn(root);
    await controls.pop()?.close();
    expect(await runningPods()).toEqual([]);
    expect(entries()).toHaveLength(1);
  });

  test('do not depend on what lies in the registry', async () => {
    const root = newFolder();
    await podIn(root);
    const registry = join(runtime, 'clawharbor');
    const [name] = entries();
    for (const [file, text] of [
      ['half.json', '{"root":'],
      ['other.json', JSON.stringify({ root, pid: process.pid })],
      ['relative.json', JSON.stringify({ root: 'here', pid: process.pid })],
      ['everybody.json', JSON.stringify({ root, pid: -1 })],
    ]) {
      writeFileSync(join(registry, file!), text!);
    }
    symlinkSync(join(registry, name!), join(registry, 'link.json'));
    mkdirSync(join(registry, 'notes.txt'));
    expect(await runningPods()).toEqual([root]);
    expect(new Set(entries())).toEqual(new Set([name, 'notes.txt']));
  });

  test('are not asked for long: the port of a killed pod may be somebody else’s by now', async () => {
    const silent = createServer(() => {});
    await new Promise<void>((listening) => silent.listen(0, '127.0.0.1', listening));
    const root = newFolder();
    const directory = openDataDirectory(root);
    const { port } = silent.address() as { port: number };
    writeDocument(join(directory.root, 'control.json'), { port, token: 'x' });
    announcePod(root);
    expect(await runningPods()).toEqual([]);
    silent.close();
  });

  test('are looked for only where nobody else can write', async () => {
    const root = newFolder();
    chmodSync(runtime, 0o777);
    vi.stubEnv('TMPDIR', newFolder());
    const registry = join(process.env['TMPDIR']!, `clawharbor-${process.getuid?.()}`);
    mkdirSync(registry, { mode: 0o700 });
    chmodSync(registry, 0o777);
    await podIn(root);
    expect(await runningPods()).toEqual([]);
    expect(readdirSync(registry)).toEqual([]);
    chmodSync(registry, 0o700);
    announcePod(root);
    expect(await runningPods()).toEqual([root]);
  });
});

describe('a command where no pod runs', () => {
  test.each(['status', 'replace', 'down', 'secret set FAL_KEY'])('%s says so', (verb) => {
    const { exitCode, stdout, stderr } = type(desk, verb.split(' '), 'x');
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/^POD_NOT_RUNNING: no pod runs in .*\.clawharbor: /);
    expect(readdirSync(desk.cwd)).toEqual([]);
  });

  test('down names where one does, and leaves it alone', async () => {
    const root = newFolder();
    await podIn(root);
    const { exitCode, stderr } = await typeWhileAnswering(desk, ['down']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('POD_NOT_RUNNING: ');
    expect(stderr).toContain(`One runs in ${root}: npx clawharbor-local down --data-dir ${root}`);
    expect(await runningPods()).toEqual([root]);
  });

  test('down finds nothing to stop where a pod was stopped before', async () => {
    openDataDirectory(join(desk.cwd, '.clawharbor'));
    const { exitCode, stderr } = await typeWhileAnswering(desk, ['down']);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^POD_NOT_RUNNING: .*there is nothing to stop/m);
  });

  test('status finds the one that runs elsewhere, and of two it names both', async () => {
    const [one, other] = [newFolder(), newFolder()];
    await podIn(one);
    const found = await typeWhileAnswering(desk, ['status', '--json']);
    expect(JSON.parse(found.stdout)).toEqual({ dataDir: one });
    await podIn(other);
    const { exitCode, stderr } = await typeWhileAnswering(desk, ['status']);
    expect(exitCode).toBe(1);
    for (const root of [one, other]) expect(stderr).toContain(`status --data-dir ${root}`);
  });

  test('a folder that is named is meant, whatever runs elsewhere', async () => {
    await podIn(newFolder());
    const { exitCode } = await typeWhileAnswering(desk, ['status', '--data-dir', newFolder()]);
    expect(exitCode).toBe(1);
  });
});
