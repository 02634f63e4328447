import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { converge } from '../src/converge.ts';
import { memoryVerdict } from '../src/openclaw/gateway-memory.ts';
import { isRecent, rememberRestart, wasRestartedFor } from '../src/openclaw/restart-record.ts';
import { planRun } from '../src/plan.ts';
import { makePod, type TestPod } from './stand-ins/pod.ts';

describe('memory of a gateway whose heap may become 2048 MB', () => {
  test.each<[string, number, boolean, string]>([
    ['is fine after a start', 900, false, 'fine'],
    ['is fine just below', 2047, false, 'fine'],
    ['is too much', 2048, false, 'restart'],
    ['is too much again, soon', 2048, true, 'wait'],
  ])('%s', (_, held, wasRestarted, verdict) => {
    expect(memoryVerdict({ held, heap: 2048, wasRestarted })).toBe(verdict);
  });
});

describe('a restart for the same reason at 12:00', () => {
  const now = new Date('2026-11-29T12:00:00Z');
  test.each<[string, string | undefined, boolean]>([
    ['was never', undefined, false],
    ['was less than an hour ago', '2026-11-29T11:00:01Z', true],
    ['was an hour ago', '2026-11-29T11:00:00Z', false],
    ['was at a time that is not over: a clock was wrong', '2036-01-01T00:00:00Z', false],
  ])('%s', (_, at, expected) => {
    expect(isRecent(now, at)).toBe(expected);
  });

  test('is remembered for each reason', async () => {
    const pod = await makePod();
    try {
      const { host } = pod;
      await mkdir(host.layout.reports, { recursive: true });
      expect(await wasRestartedFor(host, 'disk')).toBe(false);
      await rememberRestart(host, 'disk');
      await rememberRestart(host, 'memory');
      expect(await wasRestartedFor(host, 'disk')).toBe(true);
      expect(await wasRestartedFor(host, 'memory')).toBe(true);
    } finally {
      await pod.close();
    }
  });
});

const isLinux = process.platform === 'linux';
if (!isLinux) console.log('memory: left out in part, because only Linux says what memory a process holds');

describe.skipIf(!isLinux)('a gateway that grows', () => {
  let pod: TestPod;
  let hours = 0;
  beforeEach(async () => {
    pod = await makePod();
    hours = 0;
    pod.host.now = () => new Date(Date.now() + hours * 3_600_000);
    // Of a machine with so little, the heap may take 96 MB.
    Object.assign(pod.host, { memory: 128 * 1024 ** 2 });
    expect((await converge(pod.spec(), pod.host)).outcome).toBe('ready');
  });
  afterEach(() => pod.close());

  const gateway = () => pod.host.units.state('openclaw');
  const inState = (name: string) => join(pod.host.layout.state, name);
  const untilGrown = async () => {
    await writeFile(inState('grow'), '');
    const { pid } = await gateway();
    await vi.waitFor(
      async () => {
        const held = /^RssAnon:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1];
        expect(Number(held)).toBeGreaterThan(140 * 1024);
      },
      { timeout: 60_000 },
    );
    return pid;
  };
  const run = async () => {
    const { outcome, steps } = await converge(pod.spec(), pod.host);
    const { changes, warnings } = steps.find(({ name }) => name === 'start-gateway')!;
    return { outcome, changes, codes: warnings.map(({ code }) => code) };
  };

  test('fault (gateway): its memory grows → it is restarted before it would be ended, once an hour at most, and the report says so', async () => {
    const before = await untilGrown();
    const [change] = (await planRun(pod.spec(), pod.host)).flatMap(({ changes }) => changes);
    expect(change).toMatch(/^restart openclaw once nobody is in a turn or after 300 s: it holds \d+ MB/);
    expect(await run()).toEqual({
      outcome: 'ready',
      changes: [expect.stringMatching(/^restart openclaw/)],
      codes: ['GATEWAY_MEMORY_HIGH'],
    });
    const { pid, restarts } = await gateway();
    expect([pid === before, restarts]).toEqual([false, 0]);
    // It grows again at once.
    await untilGrown();
    expect(await run()).toEqual({ outcome: 'unchanged', changes: [], codes: ['GATEWAY_MEMORY_HIGH'] });
    expect((await gateway()).pid).toBe(pid);
    hours = 1;
    expect((await run()).outcome).toBe('ready');
    expect((await gateway()).pid).not.toBe(pid);
    await rm(inState('grow'));
  });

  test('is let finish the turns that are under way', async () => {
    await writeFile(inState('turns'), '2');
    const before = await untilGrown();
    const running = run();
    await new Promise((wake) => setTimeout(wake, 2000));
    expect((await gateway()).pid).toBe(before);
    await writeFile(inState('turns'), '0');
    const { changes } = await running;
    expect(changes[0]).toMatch(/^waited \d+ s until nobody was in a turn$/);
    expect((await gateway()).pid).not.toBe(before);
  });
});
