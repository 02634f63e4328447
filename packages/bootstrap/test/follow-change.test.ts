import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  deferralSeconds,
  followChange,
  noticeSeconds,
  type ChangeObservation,
} from '../src/openclaw/follow-change.ts';
import { isSameButHidden, runningConfig, runsWith } from '../src/openclaw/running-config.ts';

const ready: ChangeObservation = {
  status: 200,
  said: undefined,
  running: undefined,
  effect: 'live',
  wasLost: false,
  seconds: 5,
  readySeconds: 300,
};

describe('a running gateway whose config has changed', () => {
  test.each([
    ['that says it runs with it is done, whatever it logged or did not log', { running: 'in-effect' }],
    ['that has read it and logged that it took it', { running: 'seen', said: 'applied' }],
    [
      'of a release that says no revision, for a key that needs no word',
      { running: 'seen', seconds: noticeSeconds },
    ],
  ] as const)('%s: in effect', (_, seen) => {
    expect(followChange({ ...ready, ...seen })).toBe('in-effect');
  });

  test.each([
    ['that logged that it took it', { said: 'applied' }],
    ['that logged nothing', {}],
    ['for a key that takes a restart', { effect: 'restart' }],
  ] as const)('that cannot be asked, %s: nobody knows, and it is no reason for a restart', (_, seen) => {
    expect(followChange({ ...ready, seconds: noticeSeconds, ...seen })).toBe('unknown');
  });

  test.each([
    ['that will restart by itself', { said: 'restart', running: 'other', seconds: 200 }],
    [
      'that puts its restart off for a turn as long as it may',
      { said: 'restart', running: 'other', seconds: deferralSeconds + 299 },
    ],
    ['that has not answered yet', {}],
    ['that still speaks of the config before', { running: 'unseen' }],
    ['that is not ready again', { running: 'in-effect', status: 503 }],
  ] as const)('%s is let alone', (_, seen) => {
    expect(followChange({ ...ready, ...seen })).toBe('wait');
  });

  test.each([
    [
      'that runs with another one since its config was lost, at once',
      { wasLost: true, running: 'other', seconds: 0 },
    ],
    ['that cannot be asked since its config was lost', { wasLost: true, seconds: noticeSeconds }],
    ['that takes none while it runs, at once', { said: 'off', seconds: 0 }],
    ['that has put its restart off too long', { said: 'restart', seconds: deferralSeconds + 300 }],
    ['that has missed it', { running: 'other', seconds: noticeSeconds }],
    [
      'of a release that says no revision, for a key that takes one',
      { running: 'seen', effect: 'restart', seconds: noticeSeconds },
    ],
  ] as const)('%s is restarted', (_, seen) => {
    expect(followChange({ ...ready, ...seen })).toEqual({ restart: expect.any(String) as string });
  });

  test('is never restarted while it runs with what was decided', () => {
    const observation = fc.record({
      status: fc.constantFrom(200, 503, undefined),
      said: fc.constantFrom(undefined, 'applied' as const, 'restart' as const, 'off' as const, {
        refused: 'x',
      }),
      effect: fc.constantFrom(undefined, 'live' as const, 'reconnect' as const, 'restart' as const),
      wasLost: fc.boolean(),
      seconds: fc.nat(2000),
    });
    fc.assert(
      fc.property(observation, (seen) => {
        const verdict = followChange({ ...ready, ...seen, running: 'in-effect' });
        expect(['in-effect', 'wait']).toContain(verdict);
      }),
    );
  });
});

describe('what a gateway answers of its config', () => {
  const onDisk = { gateway: { port: 1, auth: { password: 'x' } }, list: [1, { a: 'b' }] };
  const answer = (changes: object) =>
    runningConfig.parse({
      exists: true,
      valid: true,
      parsed: onDisk,
      configRevisionHash: 'a',
      appliedConfigHash: 'a',
      ...changes,
    });

  test.each([
    ['in-effect', {}],
    ['other', { appliedConfigHash: 'b' }],
    ['other', { appliedConfigHash: null }],
    ['seen', { appliedConfigHash: undefined, configRevisionHash: undefined }],
    ['unseen', { parsed: { ...onDisk, list: [1] } }],
    ['unseen', { exists: false }],
    ['invalid', { valid: false, configRevisionHash: null }],
  ] as const)('%s', (running, changes) => {
    expect(runsWith(answer(changes), onDisk)).toBe(running);
  });

  test('is compared but for what it hides', () => {
    const shown = structuredClone(onDisk);
    shown.gateway.auth.password = '__OPENCLAW_REDACTED__';
    expect(isSameButHidden(shown, onDisk)).toBe(true);
    expect(isSameButHidden(shown, { ...onDisk, gateway: { port: 1, auth: {} } })).toBe(false);
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        expect(isSameButHidden(one, one)).toBe(true);
        const isSame = isSameButHidden(one, other);
        fc.pre(!JSON.stringify(one).includes('REDACTED'));
        expect(isSameButHidden(other, one)).toBe(isSame);
      }),
    );
  });
});
