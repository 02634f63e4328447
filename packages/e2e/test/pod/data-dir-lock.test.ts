import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { serveControl } from '../../src/pod/control.ts';
import { lockDataDirectory } from '../../src/pod/data-dir-lock.ts';
import { openDataDirectory, type DataDirectory } from '../../src/pod/data-dir.ts';
import { runPod } from '../../src/pod/pod.ts';
import { stopPod } from '../../src/pod/stop.ts';

const holderProgram = `
  const { lockDataDirectory } = await import(${JSON.stringify(join(import.meta.dirname, '../../src/pod/data-dir-lock.ts'))});
  const lock = lockDataDirectory({ root: process.argv[1] });
  setInterval(() => {}, 1000);
  console.log(lock ? 'has it' : 'is too late');
`;

const children: ChildProcess[] = [];
let directory: DataDirectory;

beforeEach(() => {
  directory = openDataDirectory(mkdtempSync(join(tmpdir(), 'clawharbor-lock-')));
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** Another process that tries to take the lock, and stays. */
async function contender(): Promise<{ child: ChildProcess; outcome: string }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', holderProgram, directory.root], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, outcome: line.toString().trim() };
}

describe('The lock of a data directory', () => {
  test('belongs to one process, however many start together', async () => {
    const outcomes = (await Promise.all([contender(), contender(), contender()])).map(
      ({ outcome }) => outcome,
    );
    expect(outcomes.toSorted()).toEqual(['has it', 'is too late', 'is too late']);
    expect(lockDataDirectory(directory)).toBeUndefined();
  });

  test('is free again when its holder was killed', async () => {
    const { child } = await contender();
    child.kill('SIGKILL');
    await once(child, 'exit');
    const lock = lockDataDirectory(directory);
    expect(lock).toBeDefined();
    lock?.release();
  });

  test('is free again when it was released', async () => {
    const lock = lockDataDirectory(directory);
    expect((await contender()).outcome).toBe('is too late');
    lock?.release();
    expect((await contender()).outcome).toBe('has it');
  });

  test('keeps a second pod out before it changes anything', async () => {
    await contender();
    const second = runPod({
      directory,
      port: 0,
      loginPort: 0,
      listener: () => expect.unreachable('it began to work'),
      signal: new AbortController().signal,
    });
    await expect(second).rejects.toMatchObject({
      code: 'DATA_DIR_BUSY',
      message: expect.stringMatching(/clawharbor-local down.*--data-dir/) as string,
    });
  });
});

describe('Stopping a pod', () => {
  test('takes until all of it has stopped', async () => {
    const lock = lockDataDirectory(directory);
    const asked = Promise.withResolvers<void>();
    const control = await serveControl(directory, {
      ping: () => Promise.resolve(),
      down: () => Promise.resolve(asked.resolve()),
    });
    let done = false;
    const stopped = stopPod(directory).then(() => (done = true));
    await asked.promise;
    // The pod no longer answers, and still has things to end.
    await control.close();
    await new Promise((wake) => setTimeout(wake, 500));
    expect(done).toBe(false);
    lock?.release();
    await stopped;
  });

  test('reaches a pod that cannot be asked yet', async () => {
    const lock = lockDataDirectory(directory);
    const stopped = stopPod(directory);
    await new Promise((wake) => setTimeout(wake, 300));
    const control = await serveControl(directory, {
      ping: () => Promise.resolve(),
      down: () => Promise.resolve(lock?.release()),
    });
    await stopped;
    await control.close();
  });

  test('leaves the directory to the next one', async () => {
    await stopPod(directory);
    expect((await contender()).outcome).toBe('has it');
  });
});
