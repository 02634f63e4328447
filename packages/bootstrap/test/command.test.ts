import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { runCommand } from '../src/host/command.ts';

const path = { PATH: process.env['PATH'] ?? '' };
const shell = (script: string, timeoutSeconds: number, signal?: AbortSignal) =>
  runCommand({ file: 'sh', args: ['-c', script], timeoutSeconds }, path, signal);

/** How long something takes, in milliseconds. */
async function timed(action: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await action();
  return performance.now() - start;
}

test.each([
  ['in its group', 'sleep 30 &'],
  ['in a session of its own', 'setsid sleep 30 &'],
])(
  'a command that has ended and left a program behind %s, which holds its output, takes its time and no more',
  async (_, script) => {
    const limit = () => expect(shell(script, 1)).resolves.toMatchObject({ exitCode: 124 });
    expect(await timed(limit)).toBeLessThan(5000);
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('told to stop')), 500);
    const stopped = () => expect(shell(script, 30, stop.signal)).rejects.toThrow('told to stop');
    expect(await timed(stopped)).toBeLessThan(5000);
  },
);

test('a command and who runs it are killed at once, as systemd does it: it has said nothing, and nobody crashes', async () => {
  const crashes: unknown[] = [];
  const note = (error: unknown) => crashes.push(error);
  process.on('uncaughtException', note);
  for (const between of [50, 100, 150]) {
    const stop = new AbortController();
    const running = shell('kill -KILL $$', 30, stop.signal);
    setTimeout(() => stop.abort(new Error('told to stop')), between);
    await expect(running).rejects.toThrow('told to stop');
  }
  await sleep(100);
  process.off('uncaughtException', note);
  expect(crashes).toEqual([]);
});
