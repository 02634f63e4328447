import { chmod, chown, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Person } from '@clawharbor/openclaw-plugin/people';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { GatewayLine } from '../src/openclaw/gateway-line.ts';
import { converge } from '../src/converge.ts';
import type { Command, Host } from '../src/host/host.ts';
import { runAs } from '../src/host/systemd/command.ts';
import { profileFor } from '../src/openclaw/administrators.ts';
import { createProfiles } from '../src/openclaw/new-profiles.ts';
import { PeopleFiles } from '../src/people/people-files.ts';
import { planRun } from '../src/plan.ts';
import type { Report } from '../src/report.ts';
import type { PodSpec } from '../src/spec/pod-spec.ts';
import { rolesAreDecided } from '../src/steps/assign-roles.ts';
import { makePod, type TestPod } from './stand-ins/pod.ts';

let pod: TestPod;
beforeEach(async () => {
  pod = await makePod();
});
afterEach(() => pod.close());

const definitions = { member: {}, admin: {} };

/** A pod with these administrators. `other` goes into the config as it is. */
function specWith(administrators: readonly string[], other: Record<string, unknown> = {}) {
  const { gateway } = pod.spec().openclaw.config as { gateway: object };
  const identityScopes = Object.fromEntries(administrators.map((each) => [each, ['operator.admin']]));
  return pod.spec(
    {},
    {
      ...other,
      gateway: { ...gateway, auth: { identityScopes }, roles: { default: 'member', definitions } },
    },
  );
}

const run = (administrators: readonly string[], other?: Record<string, unknown>) =>
  converge(specWith(administrators, other), pod.host);
const roles = (report: Report) => report.steps.find(({ name }) => name === 'assign-roles')!;

function database(): DatabaseSync {
  return new DatabaseSync(join(pod.host.layout.state, 'state/openclaw.sqlite'), { timeout: 5000 });
}

function query<T>(sql: string): T[] {
  const opened = database();
  const rows = opened.prepare(sql).all() as T[];
  opened.close();
  return rows;
}

/** Who is there, with their roles. */
function people(): Record<string, string | null> {
  const rows = query<{ email: string; role: string | null }>(
    'SELECT email, role FROM user_profile_emails JOIN user_profiles ON id = profile_id',
  );
  return Object.fromEntries(rows.map(({ email, role }) => [email, role]));
}

const ids = () => query<{ id: string }>('SELECT id FROM user_profiles').map(({ id }) => id);

/** What a first login does. */
function logIn(identity: string): void {
  const opened = database();
  opened.prepare('INSERT INTO user_profiles VALUES (?, ?, NULL, NULL, 1, 1)').run(identity, identity);
  opened.prepare('INSERT INTO user_profile_emails VALUES (?, ?)').run(identity, identity);
  opened.close();
}

const calls = async () => (await readFile(join(pod.host.layout.state, 'calls'), 'utf8')).trim().split('\n');

describe('an administrator', () => {
  test('of a new pod has the role before the first login, and costs nothing from then on', async () => {
    expect(roles(await run(['ann', 'Ben@Example.com'])).changes).toEqual([
      'give ann the role admin, ahead of the first login',
      'give Ben@Example.com the role admin, ahead of the first login',
    ]);
    expect(people()).toEqual({ ann: 'admin', 'ben@example.com': 'admin' });
    const before = await calls();
    expect((await run(['ann', 'Ben@Example.com'])).outcome).toBe('unchanged');
    expect(await calls()).toEqual(before);
  });

  test('stands in the plan', async () => {
    const waiting = async () =>
      (await planRun(specWith(['ann']), pod.host)).find(({ name }) => name === 'assign-roles')?.changes;
    expect(await waiting()).toEqual(['give ann the role admin']);
    await run(['ann']);
    expect(await waiting()).toEqual([]);
  });

  test('who is added to a running pod has it at once', async () => {
    await run(['ann']);
    expect(roles(await run(['ann', 'ben'])).changes).toEqual([
      'give ben the role admin, ahead of the first login',
    ]);
    expect(people()).toEqual({ ann: 'admin', ben: 'admin' });
  });

  test('who was there before keeps their profile, and the report says what it costs them', async () => {
    await run(['ann']);
    logIn('ben');
    expect(roles(await run(['ann', 'ben'])).changes).toEqual([
      'give ben the role admin: what they have open reconnects, and an answer that was under way has ended',
    ]);
    expect(people()).toEqual({ ann: 'admin', ben: 'admin' });
  });

  test('who no longer is one loses the role', async () => {
    await run(['ann', 'ben']);
    expect(roles(await run(['ben'])).changes).toEqual([expect.stringContaining('take their role from ann')]);
    expect(people()).toEqual({ ann: null, ben: 'admin' });
  });

  test('fault (kill): a run is cut short while it admits an administrator → the next one admits them, in the same profile', async () => {
    await run([]);
    await pod.host.run({
      file: pod.host.node,
      args: [join(pod.host.layout.install, '2026.9.6/node_modules/openclaw/openclaw.mjs')].concat(
        'gateway call users.list --params {}'.split(' '),
      ),
      environment: {
        OPENCLAW_STATE_DIR: pod.host.layout.state,
        OPENCLAW_CONFIG_PATH: join(pod.host.layout.state, 'openclaw.json'),
      },
    });
    const opened = database();
    opened
      .prepare("INSERT INTO user_profiles VALUES (?, 'ann', NULL, 'admin', 1, 1)")
      .run(profileFor('ann').id);
    opened.close();
    await run(['ann']);
    expect(people()).toEqual({ ann: 'admin' });
    expect(ids()).toEqual([profileFor('ann').id]);
  });

  test('of a state that was never tested gets the role after the first login, and the report says so', async () => {
    const other = { discovery: { test: 'newer' } };
    const first = roles(await run(['ann'], other));
    expect(first.changes).toEqual([]);
    expect(first.warnings).toMatchObject([
      {
        code: 'PROFILE_NOT_CREATED',
        message: expect.stringMatching(/ann.*after the first login.*schema 19/),
      },
    ]);
    expect(ids()).toEqual([]);
    logIn('ann');
    expect(roles(await run(['ann'], other)).changes).toEqual([expect.stringContaining('give ann the role')]);
    expect(people()).toEqual({ ann: 'admin' });
  });
});

describe('people of the user pool', () => {
  const ada = '0f7c3b1e-0000-4000-8000-000000000001';
  const bob = '0f7c3b1e-0000-4000-8000-000000000002';
  const eve = '0f7c3b1e-0000-4000-8000-000000000003';
  const groups = [
    { name: 'admins', role: 'admin' },
    { name: 'members', role: 'member' },
    { name: 'viewers', role: 'viewer' },
  ];

  async function list(persons: readonly (Omit<Person, 'groups'> & { groups?: string[] })[]): Promise<void> {
    const files = new PeopleFiles(pod.host.layout);
    await files.prepare();
    await files.write(
      persons.map((each) => ({ groups: [], ...each })),
      new Date(),
    );
  }

  function withLogin(more: object, administrators: readonly string[] = []): PodSpec {
    const { gateway } = pod.spec().openclaw.config as { gateway: object };
    const identityScopes = Object.fromEntries(administrators.map((each) => [each, ['operator.admin']]));
    return pod.spec(
      {
        login: { userPool: 'eu-central-1_Pool', client: 'client', url: 'https://login.example.com', ...more },
      },
      {
        gateway: {
          ...gateway,
          auth: { identityScopes },
          roles: { default: 'member', definitions: { ...definitions, viewer: {} } },
        },
      },
    );
  }
  const converged = (more: object, administrators?: readonly string[]) =>
    converge(withLogin(more, administrators), pod.host);
  const names = () =>
    Object.fromEntries(
      query<{ email: string; display_name: string }>(
        'SELECT email, display_name FROM user_profile_emails JOIN user_profiles ON id = profile_id',
      ).map(({ email, display_name: name }) => [email, name]),
    );
  const scopes = async () =>
    ((await pod.readConfig()) as { gateway: { auth: { identityScopes: Record<string, unknown> } } }).gateway
      .auth.identityScopes;

  test('are known by name ahead of their first login, and who is out is not', async () => {
    await list([
      { sub: ada, name: 'Ada Lovelace' },
      { sub: bob, name: 'bob@example.com' },
      { sub: eve, name: 'Eve', out: 'disabled' },
    ]);
    expect(roles(await converged({})).changes).toEqual(['make 2 people known, ahead of the first login']);
    expect(names()).toEqual({ [ada]: 'Ada Lovelace', [bob]: 'bob@example.com' });
    expect(people()).toEqual({ [ada]: null, [bob]: null });
    const before = await calls();
    expect((await converged({})).outcome).toBe('unchanged');
    expect(await calls()).toEqual(before);
    expect(await rolesAreDecided(pod.host, withLogin({}))).toBe(true);
    await list([{ sub: eve, name: 'Eve' }]);
    expect(await rolesAreDecided(pod.host, withLogin({}))).toBe(false);
  });

  test('who were there before get their name, unless they call themselves something', async () => {
    await list([{ sub: ada, name: 'Ada Lovelace' }]);
    await converged({});
    logIn(bob);
    logIn(eve);
    const opened = database();
    opened.prepare('UPDATE user_profiles SET display_name = ? WHERE id = ?').run('Evi', eve);
    opened.close();
    await list([
      { sub: ada, name: 'Ada Lovelace' },
      { sub: bob, name: 'Bob' },
      { sub: eve, name: 'Eve' },
    ]);
    expect(roles(await converged({})).changes).toEqual(['give 1 person their name']);
    expect(names()).toEqual({ [ada]: 'Ada Lovelace', [bob]: 'Bob', [eve]: 'Evi' });
  });

  test('of a group have its role ahead of their first login, administrators with their scope', async () => {
    await list([
      { sub: ada, name: 'Ada', groups: ['members', 'admins'] },
      { sub: bob, name: 'Bob', groups: ['members'] },
      { sub: eve, name: 'Eve', groups: ['viewers'] },
    ]);
    expect(roles(await converged({ groups })).changes).toEqual([
      `give ${ada} the role admin, ahead of the first login`,
      `give ${eve} the role viewer, ahead of the first login`,
      'make 1 person known, ahead of the first login',
    ]);
    expect(people()).toEqual({ [ada]: 'admin', [bob]: null, [eve]: 'viewer' });
    expect(await scopes()).toEqual({ [ada]: ['operator.admin'] });
    expect((await converged({ groups })).outcome).toBe('unchanged');
  });

  test('who are moved to another group have its role, and no longer the scope of the one before', async () => {
    await list([
      { sub: ada, name: 'Ada', groups: ['admins'] },
      { sub: bob, name: 'Bob', groups: ['viewers'] },
    ]);
    await converged({ groups });
    await list([
      { sub: ada, name: 'Ada', groups: ['members'] },
      { sub: bob, name: 'Bob', groups: ['admins'] },
    ]);
    await converged({ groups });
    expect(people()).toEqual({ [ada]: null, [bob]: 'admin' });
    expect(await scopes()).toEqual({ [bob]: ['operator.admin'] });
  });

  test('who are administrators by the spec stay so, whatever their groups', async () => {
    await list([{ sub: ada, name: 'Ada', out: 'not-in-group' }]);
    await converged({ groups }, [ada]);
    expect(people()).toEqual({ [ada]: 'admin' });
    expect(await scopes()).toEqual({ [ada]: ['operator.admin'] });
  });

  test('who are no longer in the list are no administrators', async () => {
    await list([
      { sub: ada, name: 'Ada', groups: ['admins'] },
      { sub: bob, name: 'Bob', groups: ['admins'] },
    ]);
    await converged({ groups });
    await list([{ sub: bob, name: 'Bob', groups: ['admins'] }]);
    await converged({ groups });
    expect(people()).toEqual({ [ada]: null, [bob]: 'admin' });
    expect(await scopes()).toEqual({ [bob]: ['operator.admin'] });
  });

  test('of a pool that is no team’s get their names after they were here, those with a role ahead', async () => {
    const many = Array.from({ length: 501 }, (_, n) => ({
      sub: `${ada.slice(0, -4)}${String(n).padStart(4, '0')}`,
      name: `Person ${n}`,
      groups: ['members'],
    }));
    await list([{ ...many[0]!, groups: ['admins'] }, ...many.slice(1)]);
    await converged({ groups });
    expect(people()).toEqual({ [many[0]!.sub]: 'admin' });
    logIn(many[7]!.sub);
    await converged({ groups });
    expect(names()[many[7]!.sub]).toBe('Person 7');
    expect(await rolesAreDecided(pod.host, withLogin({ groups }))).toBe(true);
  });

  test('by hand keep their roles where there are no groups', async () => {
    await list([{ sub: ada, name: 'Ada' }]);
    await converged({});
    const opened = database();
    opened.exec("UPDATE user_profiles SET role = 'viewer'");
    opened.close();
    await list([
      { sub: ada, name: 'Ada' },
      { sub: bob, name: 'Bob' },
    ]);
    await converged({});
    expect(people()).toEqual({ [ada]: 'viewer', [bob]: null });
  });
});

describe('the row of a new person', () => {
  const context = (host: Host) => ({
    spec: pod.spec(),
    host,
    secretEnvironment: async () => ({}),
    line: new GatewayLine(host),
    startedAt: new Date(),
    done: new Map(),
    signal: new AbortController().signal,
  });
  const ann = profileFor('ann');

  test('is not written into a database that is not there', async () => {
    await expect(createProfiles(context(pod.host), [ann])).rejects.toMatchObject({
      code: 'PROFILE_NOT_CREATED',
    });
    await run([]);
    await expect(createProfiles(context(pod.host), [ann])).rejects.toMatchObject({
      code: 'PROFILE_NOT_CREATED',
    });
    await expect(stat(join(pod.host.layout.state, 'state/openclaw.sqlite'))).rejects.toThrow();
  });

  test('waits for who is writing, and for a few seconds only', async () => {
    await run(['ben']);
    const writer = database();
    writer.exec('BEGIN IMMEDIATE');
    const writing = createProfiles(context(pod.host), [ann]);
    await new Promise((wake) => setTimeout(wake, 1500));
    writer.exec('COMMIT');
    writer.close();
    await writing;
    expect(ids()).toContain(ann.id);
  });

  test('is written as the gateway’s user: what SQLite makes beside its file belongs to who opens it', async () => {
    await run(['ben']);
    const users: (string | undefined)[] = [];
    const host: Host = Object.assign(Object.create(pod.host) as Host, {
      gatewayUser: 'openclaw',
      run: (command: Command) => {
        users.push(command.user);
        return pod.host.run(command);
      },
    });
    await createProfiles(context(host), [ann]);
    expect(users).toEqual(['openclaw']);
  });

  test.skipIf(process.getuid?.() !== 0)(
    'is written by somebody who can write the state (needs root)',
    async () => {
      await run(['ben']);
      const account = { name: 'openclaw', uid: 1800, gid: 1800, home: '/' };
      const directory = join(pod.host.layout.state, 'state');
      for (const above of [tmpdir(), pod.directory]) await chmod(above, 0o711);
      for (const each of [pod.host.layout.state, directory, join(directory, 'openclaw.sqlite')]) {
        await chown(each, account.uid, account.gid);
      }
      const host: Host = Object.assign(Object.create(pod.host) as Host, {
        gatewayUser: account.name,
        run: (command: Command) => runAs(account, command),
      });
      await createProfiles(context(host), [ann]);
      expect(ids()).toContain(ann.id);
    },
  );
});
