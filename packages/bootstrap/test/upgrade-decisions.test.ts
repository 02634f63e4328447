import { describe, expect, test } from 'vitest';
import { openclawReleases, openclawVersions, type OpenClawRelease } from '../src/openclaw-release.ts';
import { lossesOf, withTurn } from '../src/upgrade/counts.ts';
import { retryAt } from '../src/upgrade/failure.ts';
import { objections, type Expected, type Seen } from '../src/upgrade/gate.ts';
import { guess } from '../src/upgrade/last-release.ts';
import { pathBetween, reachableFrom, type Path, type Releases } from '../src/upgrade/path.ts';
import { journalSteps, type FailedUpgrade, type Journal } from '../src/upgrade/records.ts';
import { proxyAddress, signInHeaders } from '../src/openclaw/sign-in.ts';
import { trialModelPort, withTrialModel } from '../src/upgrade/trial-model.ts';
import { situationOf, type Known } from '../src/upgrade/situation.ts';

const steps = (...versions: string[]): Path => ({ kind: 'steps', versions });

describe('the way from one release to another', () => {
  // What the releases did when they were started on each other's state.
  test.each<[string, string, Path]>([
    ['2026.9.5', '2026.9.6', steps('2026.9.6')],
    ['2026.7.35', '2026.9.6', steps('2026.9.6')],
    ['2026.7.35', '2026.9.5', { kind: 'none' }],
    ['2026.9.6', '2026.9.5', { kind: 'downgrade' }],
    ['2026.9.6', '2026.7.35', { kind: 'downgrade' }],
    ['2026.9.6', '2026.9.6', { kind: 'same' }],
    ['2027.1.1', '2026.9.6', { kind: 'none' }],
  ])('%s to %s', (from, to, path) => expect(pathBetween(from, to)).toEqual(path));

  const release = (version: string, migratesFrom: string[], notRun?: string): OpenClawRelease => ({
    version,
    node: '*',
    healthCheckPaths: [],
    schemas: { state: 1 },
    migratesFrom,
    ...(notRun === undefined ? {} : { notRun }),
  });
  const made = (...all: OpenClawRelease[]): Releases =>
    Object.fromEntries(all.map((each) => [each.version, each]));

  test('stops where a release must not be skipped, and nowhere else', () => {
    const releases = made(
      release('1', []),
      release('2', ['1']),
      release('3', ['2']),
      release('4', ['2', '3']),
    );
    expect(pathBetween('1', '4', releases)).toEqual(steps('2', '4'));
    expect(pathBetween('1', '3', releases)).toEqual(steps('2', '3'));
  });

  test('has no stop at a release that no pod runs', () => {
    const releases = made(release('1', []), release('2', ['1'], 'it is not safe'), release('3', ['2']));
    expect(pathBetween('1', '3', releases)).toEqual({ kind: 'none' });
  });

  test('names the releases that take a state', () => {
    expect(reachableFrom('2026.7.35').at(0)).toBe('2026.9.6');
    expect(reachableFrom(openclawVersions.at(-1)!)).toEqual([]);
  });
});

describe('the release of a state without a record', () => {
  test.each<[string, Parameters<typeof guess>, string | undefined]>([
    ['its databases say', [{ state: 17, agent: 21 }, undefined], '2026.9.5'],
    ['its databases say, of before conversations were in one', [{ state: 1 }, undefined], '2026.7.35'],
    ['its databases say, although the config is older', [{ state: 18, agent: 23 }, '2026.9.5'], '2026.9.6'],
    ['its config says, where no database could be opened', [{}, '2026.9.5'], '2026.9.5'],
    ['is older, and was not tested', [{ state: 9 }, '2026.8.1'], '2026.8.1'],
    ['is older and has no name', [{ state: 9 }, undefined], 'with the schema 9'],
    ['is none: a first start that was cut short', [{ state: 0 }, undefined], undefined],
    ['is newer than its config says', [{ state: 40, agent: 60 }, '2026.9.5'], '2026.9.5'],
    ['is newer than all that is known', [{ state: 40, agent: 60 }, '2027.2.1'], '2027.2.1'],
    ['is newer and has no name', [{ state: 40, agent: 60 }, undefined], 'with the schema 40'],
  ])('%s', (_, [schemas, touched], version) => expect(guess(schemas, touched)).toBe(version));

  test('is the oldest of those with one schema, unless its config names a newer one', () => {
    const last = { ...openclawReleases['2026.9.6'], version: '2026.9.7' };
    const releases = { ...openclawReleases, '2026.9.7': last };
    expect(guess(last.schemas, undefined, releases)).toBe('2026.9.6');
    expect(guess(last.schemas, '2026.9.5', releases)).toBe('2026.9.6');
    expect(guess(last.schemas, '2026.9.7', releases)).toBe('2026.9.7');
  });
});

describe('what is to be done', () => {
  const now = new Date('2026-12-01T12:00:00Z');
  const known = (changes: Partial<Known>): Known => ({
    last: { version: '2026.9.5' },
    record: undefined,
    wanted: '2026.9.6',
    spec: 'a',
    now,
    ...changes,
  });
  const journal = (changes: Partial<Journal> = {}): Journal => ({
    state: 'under-way',
    from: '2026.9.5',
    to: '2026.9.6',
    goal: '2026.9.6',
    spec: 'a',
    step: 'back-up',
    startedAt: now.toISOString(),
    ...changes,
  });
  const failed = (changes: Partial<FailedUpgrade> = {}): FailedUpgrade => ({
    state: 'failed',
    from: '2026.9.5',
    to: '2026.9.6',
    spec: 'a',
    at: now.toISOString(),
    code: 'UPGRADE_FAILED',
    message: 'it did not come up.',
    ...changes,
  });

  test.each<[string, Partial<Known>, object]>([
    ['nothing, before the first gateway', { last: undefined }, { kind: 'none' }],
    ['nothing, where the release is the one that runs', { wanted: '2026.9.5' }, { kind: 'none' }],
    ['an upgrade', {}, { kind: 'upgrade', from: '2026.9.5', versions: ['2026.9.6'] }],
    ['no second try of what has failed', { record: failed() }, { kind: 'held', runs: '2026.9.5' }],
    ['another try once the spec has changed', { record: failed(), spec: 'b' }, { kind: 'upgrade' }],
    [
      'another try of what may pass',
      { record: failed({ retryAt: '2026-12-01T11:00:00Z' }) },
      { kind: 'upgrade' },
    ],
    [
      'another try of what may pass, when the clock was wrong as it failed',
      { record: failed({ retryAt: '2038-01-01T00:00:00Z' }) },
      { kind: 'upgrade' },
    ],
    ['not yet, of what may pass', { record: failed({ retryAt: '2026-12-01T13:00:00Z' }) }, { kind: 'held' }],
    [
      'nothing against what failed of another release',
      { record: failed({ from: '2026.7.35' }) },
      { kind: 'upgrade' },
    ],
    [
      'to go on, also when the spec has changed',
      { record: journal({ step: 'check' }), spec: 'b' },
      { kind: 'resume' },
    ],
    [
      'to give up, when a run after the other was cut short in it',
      { record: journal({ step: 'check', resumed: 2 }) },
      { kind: 'give-up' },
    ],
    [
      'to go on, when only the first was',
      { record: journal({ step: 'rehearse', resumed: 1 }) },
      { kind: 'resume' },
    ],
    ['to go back, once it is on its way back', { record: journal({ step: 'roll-back' }) }, { kind: 'undo' }],
    [
      'to go back, when it was switched and is no longer wanted',
      { record: journal({ step: 'switch' }), wanted: '2026.9.5' },
      { kind: 'undo' },
    ],
    [
      'nothing, when it was kept and only its journal is left',
      { record: journal({ step: 'check' }), last: { version: '2026.9.6' } },
      { kind: 'none' },
    ],
    [
      'to go back, when it was switched to a release that nobody here knows',
      { record: journal({ step: 'switch', to: '../../2026.9.6' }) },
      { kind: 'undo' },
    ],
    [
      'to begin anew, when it was on its way to a release that nobody here knows',
      { record: journal({ step: 'copy', to: '../../2026.9.6' }) },
      { kind: 'upgrade' },
    ],
    [
      'nothing, when it was not switched and is no longer wanted',
      { record: journal({ step: 'copy' }), wanted: '2026.9.5' },
      { kind: 'none' },
    ],
    [
      'to stay, for a downgrade',
      { last: { version: '2026.9.6' }, wanted: '2026.9.5' },
      { kind: 'held', runs: '2026.9.6', why: { code: 'DOWNGRADE_REFUSED' } },
    ],
    [
      'to refuse, where there is no way and nothing to go on with',
      { last: { version: '2026.7.35' }, wanted: '2026.9.5' },
      { kind: 'refused', why: { code: 'UPGRADE_REFUSED', message: expect.stringContaining('2026.9.6') } },
    ],
    [
      'to refuse, for a state of a release that this program does not know',
      { last: { version: '2027.1.1' } },
      { kind: 'refused', why: { message: expect.stringContaining('Update Clawharbor') } },
    ],
  ])('%s', (_, changes, situation) => expect(situationOf(known(changes))).toMatchObject(situation));

  test('a downgrade says by which backup it goes, and what would be lost', () => {
    const backup = { id: '2026-11-30T09-00-00.000Z', file: '/x', at: '2026-11-30T09:00:00.000Z' };
    const last = { version: '2026.9.6', upgraded: { from: '2026.9.5', at: now.toISOString(), backup } };
    const situation = situationOf(known({ last, wanted: '2026.9.5' }));
    expect(situation).toMatchObject({
      why: {
        message: expect.stringMatching(
          /restore --from 2026-11-30T09-00-00\.000Z.*since 2026-11-30T09:00:00\.000Z would be lost/,
        ),
      },
    });
  });

  test('whatever step it was cut short in, an upgrade that is still wanted goes on or back', () => {
    for (const step of journalSteps) {
      const { kind } = situationOf(known({ record: journal({ step }) }));
      expect(kind, step).toBe(step === 'roll-back' ? 'undo' : 'resume');
    }
  });

  test('what says nothing of the release is tried again after an hour, and never what took people offline', () => {
    const inAnHour = { retryAt: '2026-12-01T13:00:00.000Z' };
    expect(retryAt('back-up', 'BACKUP_FAILED', now)).toEqual(inAnHour);
    for (const code of ['DISK_FULL', 'DISK_READ_ONLY'])
      expect(retryAt('rehearse', code, now)).toEqual(inAnHour);
    for (const step of ['drain', 'copy', 'switch', 'check'] as const)
      expect(retryAt(step, 'DISK_FULL', now), step).toEqual({});
    expect(retryAt('rehearse', 'UPGRADE_REHEARSAL_FAILED', now)).toEqual({});
    expect(retryAt('roll-back', 'BACKUP_FAILED', now)).toEqual({});
    // It was never tried, for want of it.
    expect(retryAt('roll-back', 'OPENCLAW_NOT_INSTALLABLE', now)).toEqual(inAnHour);
  });
});

describe('a new release', () => {
  const gateway = {
    port: 5173,
    auth: { mode: 'trusted-proxy', trustedProxy: { userHeader: 'x-user', requiredHeaders: ['x-data'] } },
    trustedProxies: ['10.0.16.0/24'],
  };
  const expected: Expected = {
    before: { sessions: 3, messages: 40, people: 2 },
    wanted: { desired: { gateway }, owners: {} },
    release: { version: '2026.9.6', schemas: { state: 18, agent: 23 } },
  };
  const good: Seen = {
    config: { gateway, agents: {} },
    anonymous: 401,
    signedIn: 200,
    impostor: 403,
    sessions: 3,
    state: {
      counts: { sessions: 3, messages: 41, people: 2 },
      schemas: { state: 18, agent: 23 },
      damaged: [],
    },
  };
  const withState = (changes: Partial<Seen['state']>): Seen => ({
    ...good,
    state: { ...good.state, ...changes },
  });

  test('passes when it is as it should be', () => expect(objections(good, expected)).toEqual([]));

  test('passes where nobody has said anything yet, and a rehearsal was the first to', () => {
    const before = { sessions: 0, messages: 0, people: 2 };
    const counts = { sessions: 1, messages: 2, people: 2 };
    const seen = { ...good, sessions: 0, state: { ...good.state, counts } };
    expect(objections(seen, { ...expected, before, hasTurn: true })).toEqual([]);
    const without = { ...seen, state: { ...good.state, counts: before } };
    expect(objections(without, { ...expected, before, hasTurn: true }).join('; ')).toMatch(/0 of 1 sessions/);
  });

  test.each<[string, Seen, RegExp]>([
    ['ends', { ...good, down: 'exited with code 1' }, /^it exited with code 1$/],
    ['does not answer', { ...good, config: undefined, unanswered: 'refused' }, /does not answer \(refused\)/],
    ['runs without the ways in', { ...good, config: { gateway: { port: 5173 } } }, /way in.*gateway\.auth/],
    ['lets anybody in', { ...good, anonymous: 200 }, /answers 200 to somebody who does not say/],
    ['lets nobody in', { ...good, signedIn: 403 }, /answers 403 to somebody who signed in/],
    ['would let nobody in', { ...good, lockedOut: 'no way' }, /lets nobody in: no way/],
    ['runs with something else', { ...good, isOther: true }, /another config than the one on disk/],
    ['lets in who only claims to have signed in', { ...good, impostor: 200 }, /only claims/],
    [
      'leaves a torn database',
      withState({ damaged: ['state/openclaw.sqlite: malformed'] }),
      /damaged database/,
    ],
    [
      'has not migrated',
      withState({ schemas: { state: 17, agent: 23 } }),
      /state database has the schema 17/,
    ],
    ['loses a session', withState({ counts: { sessions: 2, messages: 41, people: 2 } }), /2 of 3 sessions/],
    ['loses all people', withState({ counts: { sessions: 3, messages: 41 } }), /0 of 2 people/],
    ['answers nobody', { ...good, silent: 'the model was not asked' }, /answers no message: the model was/],
    ['lists no session', { ...good, sessions: 0 }, /lists none of 3 sessions/],
  ])('does not pass when it %s', (_, seen, reason) => {
    expect(objections(seen, expected).join('; ')).toMatch(reason);
  });

  test('is tried with a model that is in there with it, whichever an agent has', () => {
    const config = {
      gateway,
      models: { mode: 'merge', providers: { bedrock: { api: 'bedrock-converse-stream' } } },
      agents: {
        defaults: { model: { primary: 'bedrock/one', fallbacks: ['bedrock/two'] }, workspace: '/w' },
        entries: { main: { model: 'bedrock/three', name: 'Main' }, plain: {} },
        list: [{ id: 'main', model: { primary: 'bedrock/three' } }],
      },
    };
    expect(withTrialModel(config, 15_173)).toMatchObject({
      gateway,
      models: {
        mode: 'merge',
        providers: {
          bedrock: { api: 'bedrock-converse-stream' },
          'clawharbor-rehearsal': { baseUrl: 'http://127.0.0.1:15173/v1' },
        },
      },
      agents: { defaults: { workspace: '/w' }, entries: { main: { name: 'Main' } }, list: [{ id: 'main' }] },
    });
    const { defaults, entries, list } = withTrialModel(config, 1)['agents'] as typeof config.agents;
    expect(defaults.model).toEqual({ primary: 'clawharbor-rehearsal/answer' });
    expect([entries.main, list[0]].some((agent) => 'model' in agent!)).toBe(false);
    expect(withTrialModel({}, 1)['agents']).toEqual({ defaults: { model: defaults.model } });
  });

  test.each([1, 1024, 5173, 32_768, 32_769, 65_535])(
    'is tried with a model at another port than %d, which there is',
    (port) => {
      expect(Math.abs(trialModelPort(port) - port)).toBeGreaterThan(1000);
      expect(trialModelPort(port)).toBeGreaterThan(1023);
      expect(trialModelPort(port)).toBeLessThan(65_536);
    },
  );

  test('that was given a message must have that conversation besides', () => {
    expect(withTurn({ sessions: 1, messages: 4, people: 2 })).toEqual({
      sessions: 2,
      messages: 6,
      people: 2,
    });
    expect(withTurn({ people: 2 })).toEqual({ people: 2 });
    expect(lossesOf(withTurn({ sessions: 1 }), { sessions: 1 })).toEqual(['1 of 2 sessions']);
  });

  test('may hide what could be a secret', () => {
    const auth = { mode: 'password', password: 'a-password' };
    const wanted = { desired: { gateway: { port: 1, auth } }, owners: {} };
    const config = { gateway: { port: 1, auth: { ...auth, password: '__OPENCLAW_REDACTED__' } } };
    expect(objections({ ...good, config }, { ...expected, wanted })).toEqual([]);
  });

  test('may add what it likes', () => {
    expect(lossesOf({ sessions: 1 }, { sessions: 2, jobs: 3 })).toEqual([]);
  });

  test('is tried as the load balancer comes, where there is one', () => {
    expect(proxyAddress({ gateway })).toBe('10.0.16.1');
    expect(proxyAddress({ gateway: { ...gateway, trustedProxies: ['127.0.0.1/32'] } })).toBe('127.0.0.1');
    expect(proxyAddress({ gateway: { auth: { mode: 'password' } } })).toBeUndefined();
    expect(signInHeaders({ gateway })).toMatchObject({
      'x-user': 'clawharbor-rehearsal',
      'x-data': 'present',
    });
  });
});
