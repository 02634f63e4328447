import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { endProcessesBelow, processesBelow } from '../../src/pod/orphans.ts';

const children: ChildProcess[] = [];
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'clawharbor-orphans-'));
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** A process that says when it runs, and then waits to be ended. */
async function spawnWaiting(
  options: { script?: string; args?: string[]; env?: Record<string, string>; cwd?: string } = {},
): Promise<ChildProcess> {
  const script = `${options.script ?? ''}; setInterval(() => {}, 1000); console.log('runs')`;
  const child = spawn(process.execPath, ['-e', script, ...(options.args ?? [])], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: options.cwd,
    env: { ...options.env },
  });
  children.push(child);
  await once(child.stdout, 'data');
  return child;
}

describe('The processes of an instance', () => {
  test('are known by a command line that names its root disk', async () => {
    const child = await spawnWaiting({ args: [join(root, 'gateway.js')] });
    expect(await processesBelow(root)).toEqual([child.pid]);
  });

  test('are known by the compile cache they were given, whatever they call themselves', async () => {
    const child = await spawnWaiting({
      script: "process.title = 'openclaw-gateway'",
      env: { NODE_COMPILE_CACHE: join(root, 'cache') },
    });
    expect(await processesBelow(root)).toEqual([child.pid]);
  });

  test('are not the shells of people who stand in its folder', async () => {
    await spawnWaiting({ cwd: root, env: { PWD: join(root, 'below') } });
    expect(await processesBelow(root)).toEqual([]);
  });

  test('are not those of an instance whose name merely begins alike', async () => {
    await spawnWaiting({ args: [`${root}-other/gateway.js`] });
    expect(await processesBelow(root)).toEqual([]);
  });

  test('end, also one that does not listen to SIGTERM', async () => {
    const polite = await spawnWaiting({ args: [join(root, 'polite.js')] });
    const deaf = await spawnWaiting({
      script: "process.on('SIGTERM', () => {})",
      args: [join(root, 'deaf.js')],
    });
    const exits = Promise.all([once(polite, 'exit'), once(deaf, 'exit')]);
    expect(await endProcessesBelow(root, 500)).toBe(2);
    expect(await exits).toEqual([
      [null, 'SIGTERM'],
      [null, 'SIGKILL'],
    ]);
  });

  test.runIf(process.platform === 'linux')(
    'are found on a machine without the program ps (skipped elsewhere than on Linux, which has /proc)',
    async () => {
      const child = await spawnWaiting({ args: [join(root, 'gateway.js')] });
      const { PATH } = process.env;
      process.env['PATH'] = root;
      try {
        expect(await processesBelow(root)).toEqual([child.pid]);
      } finally {
        process.env['PATH'] = PATH;
      }
    },
  );
});
