import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lockfiles } from '../src/install/lockfiles.ts';
import { satisfies } from '../src/install/node-range.ts';
import { heapMegabytes } from '../src/openclaw/gateway-unit.ts';
import { judge, type Observation } from '../src/openclaw/readiness.ts';
import { reloadVerdict } from '../src/openclaw/reload-verdict.ts';
import { openclawReleases } from '../src/openclaw-release.ts';

describe('the heap of the gateway', () => {
  test('leaves a quarter of the memory to the rest, and grows with it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 512, max: 512 * 1024 }),
        fc.integer({ min: 0, max: 4096 }),
        (total, more) => {
          const heap = heapMegabytes(total * 1024 * 1024);
          expect(heap).toBeLessThanOrEqual(total * 0.75);
          expect(heapMegabytes((total + more) * 1024 * 1024)).toBeGreaterThanOrEqual(heap);
        },
      ),
    );
  });

  test.each([
    [2, 1024],
    [4, 2048],
    [8, 4096],
    [64, 4096],
  ])('of a machine with %i GiB is %i MiB', (gibibytes, megabytes) => {
    expect(heapMegabytes(gibibytes * 1024 ** 3)).toBe(megabytes);
  });
});

describe('a gateway', () => {
  const starting: Observation = {
    status: undefined,
    state: { status: 'active', restarts: 0 },
    restarts: 0,
    timedOut: false,
    log: [],
  };
  const failed = (exitCode?: number) => ({
    status: 'failed' as const,
    restarts: 0,
    ...(exitCode === undefined ? {} : { exitCode }),
  });

  test.each([
    ['is ready when it says so', { status: 200 }, 'ready'],
    ['is waited for while nothing answers', {}, 'wait'],
    ['is waited for while it answers that it is not', { status: 503 }, 'wait'],
    [
      'is waited for while it is restarted',
      { state: { status: 'restarting', restarts: 1, exitCode: 1 } },
      'wait',
    ],
    ['that is not ours does not count', { status: 200, state: { status: 'starting', restarts: 0 } }, 'wait'],
  ] as const)('%s', (_, observation, verdict) => {
    expect(judge({ ...starting, ...observation })).toBe(verdict);
  });

  test.each([
    ['refuses its config', { state: failed(78) }, 'GATEWAY_CONFIG_REFUSED'],
    ['failed', { state: failed(1) }, 'GATEWAY_NOT_READY'],
    ['was killed and not started again', { state: failed() }, 'GATEWAY_NOT_READY'],
    ['ends again and again', { restarts: 4 }, 'GATEWAY_NOT_READY'],
    ['was stopped', { state: { status: 'inactive', restarts: 0 } }, 'GATEWAY_NOT_READY'],
    ['is late', { timedOut: true }, 'GATEWAY_NOT_READY'],
    ['waits for the lock', { timedOut: true, state: { status: 'starting', restarts: 0 } }, 'STATE_LOCKED'],
  ] as const)('that %s is not waited for', (_, observation, code) => {
    expect(judge({ ...starting, ...observation })).toMatchObject({ code });
  });
});

describe('the verdict of a running gateway on a changed config', () => {
  const since = new Date('2026-11-22T17:00:00Z');
  const after = '2026-11-22T17:00:01.000+00:00';
  const before = '2026-11-22T16:59:59.000+00:00';

  test.each([
    [`${after} [reload] config hot reload applied (gateway.roles)`, 'applied'],
    [`${after} [reload] config change applied (dynamic reads: messages)`, 'applied'],
    [`{"time":"${after}","message":"[reload] config hot reload applied (gateway.roles)"}`, 'applied'],
    [`${after} [reload] config change requires gateway restart (gateway.tls) — preparing`, 'restart'],
    [`${after} [reload] config reload disabled (gateway.reload.mode=off)`, 'off'],
    [
      `${after} [reload] config reload skipped (invalid config): x`,
      { refused: 'config reload skipped (invalid config): x' },
    ],
    [`${after} [reload] config reload failed: Error: x`, { refused: 'config reload failed: Error: x' }],
    [`${after} [reload] config change detected; evaluating reload (messages)`, undefined],
    [`${before} [reload] config hot reload applied (gateway.roles)`, undefined],
  ])('%s', (line, verdict) => {
    expect(reloadVerdict(['something else', line, `${after} [gateway] ready`], since)).toEqual(verdict);
  });

  test('is the last one', () => {
    const lines = [`${after} config reload failed: Error: x`, `${after} config hot reload applied (gateway)`];
    expect(reloadVerdict(lines, since)).toBe('applied');
  });
});

describe('a range of Node.js', () => {
  test.each([
    ['v24.16.0', true],
    ['v24.99.9', true],
    ['v26.1.0', true],
    ['v30.0.0', true],
    ['v24.15.9', false],
    ['v25.0.0', false],
    ['v26.0.9', false],
    ['v22.22.0', false],
    ['', false],
    ['v24.16.0-nightly', false],
  ])('of OpenClaw holds %s: %s', (version, expected) => {
    expect(satisfies(version, openclawReleases['2026.9.6'].node)).toBe(expected);
  });
});

test.each(Object.entries(lockfiles))(
  'the lockfile of %s pins every package and names no registry',
  (version, pinned) => {
    const { packages } = pinned.lockfile as {
      packages: Record<
        string,
        { version?: string; integrity?: string; resolved?: string; inBundle?: boolean }
      >;
    };
    expect(packages['node_modules/openclaw']?.version).toBe(version);
    const names = Object.keys(packages).filter((name) => name !== '');
    expect(names.length).toBeGreaterThan(300);
    expect(names.filter((name) => packages[name]?.resolved !== undefined)).toEqual([]);
    // What is inside another package's tarball is covered by that one's integrity.
    const open = names.filter(
      (name) => !packages[name]?.inBundle && !packages[name]?.integrity?.startsWith('sha512-'),
    );
    expect(open).toEqual([]);
  },
);
