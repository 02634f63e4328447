import { expect, test } from 'vitest';
import type { Report, StepReport } from '../../src/report.ts';
import { timelineSvg } from '../../src/timeline/svg.ts';
import { timelineText } from '../../src/timeline/text.ts';
import { timelineOf } from '../../src/timeline/timeline.ts';

const step = (name: string, startMs: number, durationMs: number): StepReport => ({
  name,
  phase: 'activate',
  status: 'changed',
  startMs,
  durationMs,
  changes: [],
  warnings: [],
});

const replacement: Report = {
  startedAt: '2026-11-30T03:01:12.345Z',
  finishedAt: '2026-11-30T03:01:44.000Z',
  outcome: 'ready',
  openclaw: '2026.9.6',
  conditions: [],
  gateway: { fenceMs: 2000, startMs: 16_000 },
  steps: [
    step('prepare-machine', 0, 2000),
    step('install-openclaw', 2000, 4000),
    // Beside it, and sooner done.
    step('read-secrets', 2000, 1000),
    step('upgrade', 6000, 3),
    step('wait-ready', 6003, 18_500),
    step('complete-lifecycle', 24_503, 97),
    step('smoke-test', 24_600, 3400),
  ],
};

test('what the end has waited for is told from what ran beside it or after it', () => {
  const { title, ratio, bars, end, to } = timelineOf(replacement);
  expect(title).toBe('2026-11-30T03:01:12Z: ready after 24.6 s');
  expect(ratio).toBe("1.54 times the gateway's own start (16.0 s)");
  expect([end, to]).toEqual([24_600, 28_000]);
  expect(bars.map(({ name, isCritical }) => [name, isCritical])).toEqual([
    ['prepare-machine', true],
    ['install-openclaw', true],
    ['read-secrets', false],
    ['wait-ready', true],
    ['complete-lifecycle', true],
    ['smoke-test', false],
  ]);
  expect(bars[3]?.parts).toEqual([
    { name: 'fence', from: 6003, to: 8003 },
    { name: 'start of the gateway', from: 8003, to: 24_003 },
  ]);
});

test('after a launch the load balancer looks, in its own time, and people come', () => {
  const { title, bars, end, to } = timelineOf({ ...replacement, healthCheckSeconds: 6 });
  expect(title).toBe('2026-11-30T03:01:12Z: ready after 24.6 s, people served by 30.6 s');
  expect([end, to]).toEqual([24_600, 30_600]);
  expect(bars).toContainEqual({ name: 'load balancer, ≤', from: 24_600, to: 30_600, isCritical: true });
});

test('a terminal of 80 columns shows it', () => {
  const text = timelineText(replacement);
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  expect(text).toMatch(/^read-secrets {4,}░+ +1\.0 s$/m);
  expect(text).toMatch(/^wait-ready +▒+▓+█? +18\.5 s$/m);
  expect(text).not.toContain('upgrade ');
});

test('a picture shows it, and a name with markup is only a name', () => {
  const svg = timelineSvg({ ...replacement, steps: [step('a<b>', 0, 100), ...replacement.steps] });
  expect(svg).toContain('a&lt;b&gt;');
  expect(svg).not.toContain('<b>');
  expect(svg.match(/<rect /g)!.length).toBe(1 + 7 + 2 + 4);
});

test('a run that failed came to no end, one without Auto Scaling ends before what nobody waits for', () => {
  expect(timelineOf({ ...replacement, outcome: 'failed' })).toMatchObject({
    title: '2026-11-30T03:01:12Z: failed',
    end: undefined,
  });
  const steps = replacement.steps.filter(({ name }) => name !== 'complete-lifecycle');
  expect(timelineOf({ ...replacement, steps }).end).toBe(24_503);
});

test('a run in which nothing took time, and a report of before there were timelines, are drawn', () => {
  const steps = [step('prepare-machine', 0, 1)];
  expect(timelineOf({ ...replacement, steps }).bars).toEqual([]);
  expect(timelineText({ ...replacement, steps })).not.toContain('NaN');
  expect(timelineSvg({ ...replacement, steps })).not.toContain('NaN');
  const old: StepReport[] = replacement.steps.map((each) => {
    const { startMs: _, ...before } = each;
    return before;
  });
  expect(timelineSvg({ ...replacement, steps: old })).not.toContain('NaN');
});
