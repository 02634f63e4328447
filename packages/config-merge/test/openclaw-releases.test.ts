import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openclawPolicy } from '../src/index.ts';
import {
  checkOpenClawConfig,
  credentialAt,
  effectAt,
  effectOf,
  effectOfAll,
  newestOpenClaw,
  openclawVersions,
} from '../src/openclaw/index.ts';

const folders = readdirSync(new URL('../src/openclaw/', import.meta.url)).filter((name) => /^\d/.test(name));

test('every table that is there can be looked up by its version, and the newest is meant by default', () => {
  expect([...openclawVersions].toSorted()).toEqual(folders.toSorted());
  expect(newestOpenClaw).toBe(openclawVersions.at(-1));
});

describe.each(openclawVersions)('of %s is known', (release) => {
  test('what it takes', () => {
    expect(
      checkOpenClawConfig({ gateway: { port: 18789 }, logging: { level: 'info' } }, { release }),
    ).toEqual([]);
    expect(checkOpenClawConfig({ gatway: {} }, { release })).toMatchObject([{ path: ['gatway'] }]);
  });

  test('what it says of a key that it no longer has', () => {
    const [issue] = checkOpenClawConfig({ routing: { allowFrom: [] } }, { release });
    expect(issue?.reason).toMatch(/is no key of OpenClaw any more/);
  });

  test('where credentials stand', () => {
    expect(credentialAt(['channels', 'telegram', 'botToken'], release)).toBe('secret');
    expect(credentialAt(['gateway', 'port'], release)).toBe('none');
  });

  test('what a change does', () => {
    expect(effectAt('gateway.port', release)).toBe('restart');
    expect(effectAt('logging.level', release)).toBe('live');
  });
});

// 2026.9.6 learned to change who may do what without a restart.
describe('a change of roles', () => {
  const change = {
    path: 'gateway.roles.default',
    op: 'replace',
    before: 'a',
    after: 'b',
    owner: 'exclusive',
    reason: '',
  } as const;
  const asWell = { ...change, path: 'logging.level' };

  test.each([
    ['2026.9.5', 'restart'],
    ['2026.9.6', 'reconnect'],
  ] as const)('under %s: %s', (release, effect) => {
    expect(effectAt(change.path, release)).toBe(effect);
    expect(effectOf(change, release)).toBe(effect);
    expect(effectOfAll([change, asWell], release)).toBe(effect);
  });
});

test('a key that came with a release is unknown to the one before', () => {
  const config = { session: { notifyOnCreate: false } };
  expect(checkOpenClawConfig(config, { release: '2026.9.6' })).toEqual([]);
  expect(checkOpenClawConfig(config, { release: '2026.9.5' })).toHaveLength(1);
});

test('a place that holds a credential in any release is hidden, whichever runs', () => {
  const path = ['plugins', 'entries', 'typesafe', 'config', 'apiKey'];
  expect(credentialAt(path, '2026.9.5')).not.toBe('secret');
  expect(credentialAt(path, '2026.9.6')).toBe('secret');
  const covered = openclawPolicy.rules.some(({ path: rule, sensitive }) => {
    return sensitive === true && path.join('.').startsWith(rule.replace(/\.\*.*$/, ''));
  });
  expect(covered).toBe(true);
});
