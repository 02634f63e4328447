import { spawn } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { bundlePath } from '@clawharbor/bootstrap/bundle';
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { LocalUser, ReadyEvent } from '../src/pod/events.ts';
import { artifacts, connected, logIn, messageBox, openBrowser, openProfile } from './support/browser.ts';
import { GatewayClient, request } from './support/gateway-client.ts';
import { LocalPod } from './support/local-pod.ts';

const gone = /4001.*no longer active/;

let pod: LocalPod;
let ready: ReadyEvent;
let browser: Browser;
const profiles: BrowserContext[] = [];
const clients: GatewayClient[] = [];

beforeAll(async () => {
  pod = await LocalPod.create();
  ready = await pod.up();
  browser = await openBrowser();
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  for (const context of profiles.splice(0)) await context.close();
});

afterAll(async () => {
  await browser?.close();
  expect(await pod?.end()).toBe(0);
});

/** As an administrator does it in Cognito. */
function person(action: string, email: string): { sub: string; password?: string } {
  const { stdout, stderr, exitCode } = pod.command('person', action, '--email', email, '--json');
  expect(exitCode, stderr).toBe(0);
  return JSON.parse(stdout) as { sub: string; password?: string };
}

async function newcomer(name: string): Promise<LocalUser & { sub: string }> {
  const username = `${name}@example.com`;
  const { sub, password } = person('add', username);
  return { username, password: password!, role: 'member', sub };
}

/** A page and a WebSocket of its own, both in. */
async function inside(user: LocalUser) {
  const context = await openProfile(browser);
  profiles.push(context);
  const page = await logIn(context, pod.url, user);
  const cookies = await context.cookies(pod.url);
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  const client = await GatewayClient.connect(pod.url, { cookie });
  clients.push(client);
  return { page, cookie, client };
}

const asks = async (cookie: string) =>
  (await request(pod.url, '/control-ui-config.json', { headers: { cookie } })).status;

const instance = () => join('instances', readdirSync(join(pod.dataDir, 'instances'))[0]!);

/** As on the instance: `clawharbor-bootstrap people …`. */
function people(...args: string[]): Promise<string> {
  const root = join(pod.dataDir, instance());
  const child = spawn(
    process.execPath,
    [
      bundlePath(),
      'people',
      ...args,
      '--json',
      '--host=process',
      `--root=${root}`,
      `--state=${join(pod.dataDir, 'efs')}`,
      `--artifacts=${join(pod.dataDir, 'artifacts')}`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
  return new Promise((ended) => child.once('close', () => ended(said)));
}

/** Refused by the gateway, whatever the way in. */
async function expectOut(cookie: string): Promise<void> {
  expect(await asks(cookie)).toBe(403);
  const tool = await request(pod.url, '/tools/invoke', {
    method: 'POST',
    headers: { cookie, 'content-type': 'application/json', origin: pod.url },
    body: JSON.stringify({ tool: 'sessions_list' }),
  });
  expect(tool.status).toBe(403);
  await expect(GatewayClient.connect(pod.url, { cookie })).rejects.toThrow(/no longer active/);
}

test.each(['disable', 'delete'])('who is out of the user pool by %s is out within 15 s', async (action) => {
  const user = await newcomer(`${action}-${Date.now()}`);
  const { page, cookie, client } = await inside(user);
  const colleague = await inside(ready.users[1]!);
  expect(await asks(cookie)).toBe(200);

  person(action, user.username);
  const from = Date.now();
  await expect.poll(() => client.closedWith, { timeout: 15_000, interval: 20 }).toMatch(gone);
  console.log(`out ${Date.now() - from} ms after ${action}`);
  await expectOut(cookie);
  await page.getByText('Reconnecting').first().waitFor();
  await page.screenshot({ path: join(artifacts, `out-${action}.png`) });
  // Nobody else noticed.
  expect(colleague.client.closedWith).toBeUndefined();
  expect(await asks(colleague.cookie)).toBe(200);
});

test('who is put out by hand while a chat streams is out at once, with the turn, until they are let in', async () => {
  const user = await newcomer(`kick-${Date.now()}`);
  const { page, cookie, client } = await inside(user);
  const { payload } = await client.call('sessions.create', {});
  const { key } = payload as { key: string };
  const turn = client.say(`Say harbor-${Date.now()}`, key).then(
    () => 'answered',
    (error: Error) => error.message,
  );
  const from = performance.now();
  const kicking = people('kick', user.sub);
  await expect.poll(() => client.closedWith, { timeout: 15_000, interval: 5 }).toMatch(gone);
  const took = Math.round(performance.now() - from);
  // Of the command itself, most is the start of Node.js.
  const { mtimeMs } = statSync(join(pod.dataDir, instance(), 'people/kicked', user.sub));
  const sinceKick = Math.round(Date.now() - mtimeMs);
  console.log(`out ${took} ms after the command began, ${sinceKick} ms after it had put them out`);
  // 0.3 s as a rule, and a second where the machine has the time: docs/decisions/0035-out-means-out.md. This one runs other pods, too.
  expect(sinceKick).toBeLessThan(3000);
  expect(JSON.parse(await kicking)).toStrictEqual({ sub: user.sub, out: 'kicked' });
  expect(await turn).toMatch(gone);
  await expectOut(cookie);
  await page.screenshot({ path: join(artifacts, 'kicked.png') });
  const listed = JSON.parse(await people('list')) as { people: { sub: string; out?: string }[] };
  expect(listed.people.find(({ sub }) => sub === user.sub)).toMatchObject({ out: 'kicked' });

  // The page that is still open comes back by itself.
  await people('admit', user.sub);
  await connected(page);
  expect(await messageBox(page).count()).toBeGreaterThan(0);
  expect(await asks(cookie)).toBe(200);
});

test('who is new gets in, as soon as Cognito has told of them', async () => {
  const { client } = await inside(await newcomer(`new-${Date.now()}`));
  expect(client.granted.toSorted()).toStrictEqual(['operator.read', 'operator.write']);
});

test('the report says who is known', async () => {
  const known = () => pod.status().report?.conditions.find(({ type }) => type === 'PeopleKnown');
  await expect.poll(known, { timeout: 60_000 }).toMatchObject({ status: 'True', reason: 'ListCurrent' });
});
