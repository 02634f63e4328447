import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { parseSet } from '../src/config/config-set.ts';
import { merge } from '../src/config/merge.ts';
import { converge } from '../src/converge.ts';
import { mayWait } from '../src/steps/until-quiet.ts';
import { makePod, type TestPod } from './stand-ins/pod.ts';

let pod: TestPod;
beforeEach(async () => {
  pod = await makePod();
});
afterEach(() => pod.close());

const inState = (name: string) => join(pod.host.layout.state, name);
const asked = async (method: string) =>
  (await readFile(inState('calls'), 'utf8')).split('\n').filter((line) => line === method).length;

describe('what closes everybody’s connection is put off for a turn', () => {
  const decided = {
    mode: 'local',
    port: 1,
    auth: { mode: 'trusted-proxy', identityScopes: { ann: ['operator.admin'], ben: ['operator.admin'] } },
    roles: { default: 'member', definitions: { member: {}, admin: {} } },
    terminal: { enabled: false },
    trustedProxies: ['10.0.0.0/24'],
    controlUi: { allowedOrigins: ['https://a.example'] },
  };
  const withoutBen = { ...decided.auth, identityScopes: { ann: ['operator.admin'] } };

  test.each([
    ['one more administrator', { auth: withoutBen }, true],
    ['the first administrators', { auth: { mode: 'trusted-proxy' } }, true],
    [
      'one more, and one less',
      { auth: { ...withoutBen, identityScopes: { mallory: ['operator.admin'] } } },
      false,
    ],
    ['one more, and a shell that somebody opened', { auth: withoutBen, terminal: { enabled: true } }, false],
    ['one more, and a ceiling that was removed', { auth: withoutBen, roles: undefined }, false],
    ['one more, and a proxy of somebody', { auth: withoutBen, trustedProxies: ['0.0.0.0/0'] }, false],
    [
      'one more, and an origin of somebody',
      { auth: withoutBen, controlUi: { allowedOrigins: ['https://x'] } },
      false,
    ],
    ['roles that were removed', { roles: undefined }, false],
  ])('%s: %j → %s', (_, live, isPutOff) => {
    const text = JSON.stringify({ gateway: { ...decided, ...live } });
    const merged = merge(parseSet(pod.host, { text, includes: new Map() }), {
      desired: { gateway: decided },
      lastApplied: undefined,
      owners: {},
      release: '2026.9.6',
    });
    expect(mayWait(merged)).toBe(isPutOff);
  });
});

const definitions = { member: {}, admin: {} };
function withAdministrators(identities: readonly string[]) {
  const { gateway } = pod.spec().openclaw.config as { gateway: object };
  const identityScopes = Object.fromEntries(identities.map((each) => [each, ['operator.admin']]));
  const auth = { mode: 'trusted-proxy', identityScopes };
  return pod.spec(
    { readyTimeoutSeconds: 3000 },
    { gateway: { ...gateway, auth, roles: { default: 'member', definitions } } },
  );
}

test('is put off once in a run, whoever edits the config meanwhile', async () => {
  await converge(withAdministrators(['ann']), pod.host);
  // One pause between two questions is the whole time that it may be put off.
  pod.host.elapsed = () => performance.now() * 60;
  await writeFile(inState('turns'), '1');
  const running = converge(withAdministrators(['ann', 'ben']), pod.host);
  await vi.waitFor(async () => expect(await asked('gateway.restart.preflight')).toBe(1), 60_000);
  await pod.writeConfig(JSON.stringify({ ...(await pod.readConfig()), messages: { prefix: 'mine' } }));
  const report = await running;
  expect(await asked('gateway.restart.preflight')).toBe(2);
  expect(await pod.readConfig()).toMatchObject({ messages: { prefix: 'mine' } });
  const [merged] = report.steps.filter(({ name }) => name === 'merge-config');
  expect(merged?.changes.filter((line) => line.startsWith('waited'))).toEqual([
    'waited 300 s, and 1 were still in a turn',
  ]);
});

test('a gateway that does not say whether anybody is in a turn is asked once more, and nobody claims that it was quiet', async () => {
  await converge(withAdministrators(['ann']), pod.host);
  await writeFile(inState('instead-of-gateway.restart.preflight'), '');
  const report = await converge(withAdministrators(['ann', 'ben']), pod.host);
  expect(report.steps.flatMap(({ changes }) => changes)).toContain(
    'did not wait: openclaw did not say whether anybody was in a turn',
  );
});

describe('somebody who was there before and becomes an administrator', () => {
  const logIn = (identity: string) => {
    const database = new DatabaseSync(inState('state/openclaw.sqlite'), { timeout: 5000 });
    database.prepare('INSERT INTO user_profiles VALUES (?, ?, NULL, NULL, 1, 1)').run(identity, identity);
    database.prepare('INSERT INTO user_profile_emails VALUES (?, ?)').run(identity, identity);
    database.close();
  };

  test('has their turn to its end first', async () => {
    await converge(withAdministrators(['ann']), pod.host);
    logIn('ben');
    // The turn begins once everybody has come back with the new config.
    const report = await converge(withAdministrators(['ann', 'ben']), pod.host, {
      onEvent: ({ step, status }) => {
        if (step !== 'assign-roles' || status !== 'started') return;
        void writeFile(inState('turns'), '1');
        setTimeout(() => void rm(inState('turns')), 4000);
      },
    });
    expect(report.steps.find(({ name }) => name === 'assign-roles')?.changes).toEqual([
      expect.stringMatching(/^waited \d+ s until nobody was in a turn$/),
      expect.stringContaining('give ben the role admin'),
    ]);
  });

  test('fault (gateway): it answers users.list in a form that nobody knows → a warning; the pod is ready', async () => {
    await converge(withAdministrators(['ann']), pod.host);
    await writeFile(inState('instead-of-users.list'), '{"people":[]}');
    const report = await converge(withAdministrators(['ann', 'ben']), pod.host);
    expect(report.outcome).toBe('ready');
    expect(report.steps.find(({ name }) => name === 'assign-roles')?.warnings).toMatchObject([
      { code: 'GATEWAY_CALL_FAILED' },
    ]);
  });
});
