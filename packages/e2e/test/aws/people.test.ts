import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepPeople, PeopleFiles, type GroupsOfProvider } from '@clawharbor/bootstrap/people';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  cognitoIdp,
  CredentialIssuer,
  startEndpoint,
  type AwsService,
  type Listening,
  type PoolUser,
  type PolicyDocument,
  type RequestRecord,
} from '../../src/aws/index.ts';
import { AwsFault } from '../../src/aws/fault.ts';

const region = 'eu-central-1';
const pool = {
  id: `${region}_Pool`,
  arn: `arn:aws:cognito-idp:${region}:111122223333:userpool/${region}_Pool`,
};

interface User {
  username: string;
  sub: string;
  email: string;
  groups: string[];
  enabled: boolean;
  federated?: PoolUser['federated'];
}

const user = (n: number): User => ({
  username: `user-${n}`,
  sub: `0f7c3b1e-0000-4000-8000-${String(n).padStart(12, '0')}`,
  email: `user-${n}@example.com`,
  groups: [],
  enabled: true,
});

let directory: string;
let endpoint: Listening;
let users: User[];
let requests: RequestRecord[];
/** What the service does instead of an answer. */
let trouble: (() => Promise<void> | void) | undefined;
let allowed: string[];
let ended: AbortController;
let kept: Promise<void>;
let told: string[];
let files: PeopleFiles;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'people-'));
  users = [];
  requests = [];
  told = [];
  trouble = undefined;
  allowed = ['cognito-idp:ListUsers', 'cognito-idp:ListUsersInGroup'];
  kept = Promise.resolve();
  ended = new AbortController();
  const credentials = new CredentialIssuer();
  const real = cognitoIdp({ ...pool, users: () => users });
  const service: AwsService = {
    ...real,
    async resolve(request) {
      await trouble?.();
      return real.resolve(request);
    },
  };
  const statement = () => ({ Effect: 'Allow', Action: allowed, Resource: pool.arn });
  endpoint = await startEndpoint({
    listen: { host: '127.0.0.1', port: 0 },
    region,
    credentials,
    services: [service],
    policies: () => [{ Version: '2012-10-17', Statement: [statement()] } as unknown as PolicyDocument],
    onRequest: (record) => requests.push(record),
  });
  const issued = credentials.issue({ account: '111122223333', roleName: 'Pod', sessionName: 'i-1' });
  vi.stubEnv('AWS_ENDPOINT_URL', endpoint.url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', issued.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', issued.secretAccessKey);
  vi.stubEnv('AWS_SESSION_TOKEN', issued.sessionToken);
  files = new PeopleFiles({ people: join(directory, 'list'), peopleRecords: join(directory, 'records') });
  await files.prepare();
});

afterEach(async () => {
  ended.abort();
  await kept;
  vi.unstubAllEnvs();
  await endpoint.close();
  await rm(directory, { recursive: true });
});

function keep(groups: string[] = [], providers: GroupsOfProvider[] = []): void {
  kept = keepPeople({
    userPool: pool.id,
    region,
    groups,
    providers,
    files,
    signal: ended.signal,
    seconds: 0.05,
    tell: (message) => void told.push(message),
  });
}

const within = { timeout: 15_000, interval: 20 };
const inside = async () =>
  (await files.read())?.people.filter(({ out }) => out === undefined).map(({ email }) => email);
const outside = async () =>
  Object.fromEntries(
    ((await files.read())?.people ?? []).flatMap(({ email, out }) =>
      out === undefined ? [] : [[email, out]],
    ),
  );

test('everybody is in, however many pages they take', async () => {
  users = Array.from({ length: 130 }, (_, n) => user(n));
  keep();
  await expect.poll(async () => (await inside())?.length, within).toBe(130);
  const first = requests.slice(0, 3).map(({ operation, resources }) => [operation, ...resources]);
  expect(first).toStrictEqual([0, 1, 2].map(() => ['ListUsers', pool.arn]));
  expect((await files.read())?.people[0]).toStrictEqual({
    sub: user(0).sub,
    name: user(0).email,
    email: user(0).email,
    groups: [],
  });
});

test('who is disabled is out, who is deleted is out, and who comes back is in', async () => {
  users = [user(1), user(2), user(3)];
  keep();
  await expect.poll(inside, within).toHaveLength(3);
  users = [{ ...user(1), enabled: false }, user(2)];
  await expect.poll(inside, within).toStrictEqual([user(2).email]);
  expect(await outside()).toStrictEqual({ [user(1).email]: 'disabled' });
  users = [user(1), user(2)];
  await expect.poll(inside, within).toStrictEqual([user(1).email, user(2).email]);
});

test('where the pod has groups, only who is in one of them is in', async () => {
  users = [
    { ...user(1), groups: ['members'] },
    { ...user(2), groups: ['admins', 'others'] },
    { ...user(3), groups: ['others'] },
  ];
  keep(['members', 'admins']);
  await expect.poll(inside, within).toStrictEqual([user(1).email, user(2).email]);
  expect((await files.read())?.people.map(({ groups }) => groups)).toStrictEqual([
    ['members'],
    ['admins'],
    [],
  ]);
  users = [{ ...user(1), groups: [] }, ...users.slice(1)];
  await expect.poll(outside, within).toStrictEqual({
    [user(1).email]: 'not-in-group',
    [user(3).email]: 'not-in-group',
  });
});

test('who signed in by a provider of others is in by its groups, with the name that it gave', async () => {
  const by = (provider: string, groups: string[]) => ({
    provider,
    subject: 'ann-4711',
    attributes: { name: 'Ann Example', 'custom:groups': JSON.stringify(groups) },
  });
  users = [
    { ...user(1), federated: by('Corp', ['claw-admins', 'all']) },
    { ...user(2), federated: by('Other', ['claw-admins']) },
    { ...user(3), federated: by('Corp', ['all']) },
    { ...user(4), groups: ['admins'] },
  ];
  keep(['admins', 'members'], [{ name: 'Corp', groups: { 'claw-admins': 'admins', 'claw-all': 'members' } }]);
  await expect.poll(inside, within).toStrictEqual([user(1).email, user(4).email]);
  expect((await files.read())?.people[0]).toMatchObject({ name: 'Ann Example', groups: ['admins'] });
});

test('fault (aws): Cognito throttles → the list stays with its age, and goes on by itself', async () => {
  users = [user(1)];
  keep();
  await expect.poll(inside, within).toHaveLength(1);
  trouble = () => {
    throw new AwsFault('TooManyRequestsException', 400, 'Rate exceeded');
  };
  users = [user(1), user(2)];
  await expect
    .poll(() => told, within)
    .toStrictEqual([expect.stringMatching(/^PEOPLE_NOT_READ: .*TooManyRequests/)]);
  const { checkedAt } = (await files.read())!;
  expect(await inside()).toHaveLength(1);
  trouble = undefined;
  await expect.poll(inside, within).toHaveLength(2);
  expect((await files.read())!.checkedAt).toBeGreaterThan(checkedAt);
  expect(told).toHaveLength(2);
});

test('fault (aws): Cognito fails in the middle of its pages → no half of a list throws anybody out', async () => {
  users = Array.from({ length: 130 }, (_, n) => user(n));
  keep();
  await expect.poll(inside, within).toHaveLength(130);
  let asked = 0;
  trouble = () => {
    if (++asked % 3 !== 1) throw new AwsFault('InternalErrorException', 500, 'no');
  };
  await expect.poll(() => told.length, within).toBeGreaterThan(0);
  expect(await inside()).toHaveLength(130);
});

test('fault (aws): Cognito does not answer → it is asked again, and the list stays', async () => {
  users = [user(1)];
  keep();
  await expect.poll(inside, within).toHaveLength(1);
  const hung = Promise.withResolvers<void>();
  trouble = () => hung.promise;
  await expect.poll(() => told, { timeout: 20_000 }).toHaveLength(1);
  expect(await inside()).toHaveLength(1);
  hung.resolve();
  trouble = undefined;
  await expect.poll(() => told.at(-1), within).toContain('read again');
});

test('fault (aws): the role may not list → it is said which permission it needs', async () => {
  users = [user(1)];
  allowed = ['cognito-idp:DescribeUserPool'];
  keep();
  await expect
    .poll(() => told, within)
    .toStrictEqual([expect.stringMatching(/^PEOPLE_NOT_READ: .*cognito-idp:ListUsers /)]);
  expect(await files.read()).toBeUndefined();
});
