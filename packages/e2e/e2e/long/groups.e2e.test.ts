import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { LocalUser } from '../../src/pod/events.ts';
import { tryPort } from '../../src/pod/port.ts';
import { certificateFor } from '../../src/tls/index.ts';
import { CompanyDirectory } from '../../test/stand-ins/company-directory.ts';
import {
  artifacts,
  connected,
  logIn,
  messageBox,
  openBrowser,
  openProfile,
  submitCredentials,
} from '../support/browser.ts';
import { GatewayClient } from '../support/gateway-client.ts';
import { LocalPod } from '../support/local-pod.ts';

const config = join(import.meta.dirname, '../fixtures/groups.config.ts');

/** A look of the pod on a laptop and the run that it begins. */
const given = { timeout: 180_000, interval: 1000 };

let pod: LocalPod;
let directory: CompanyDirectory;
let browser: Browser;
let certificates: string;
const profiles: BrowserContext[] = [];
const clients: GatewayClient[] = [];

beforeAll(async () => {
  certificates = mkdtempSync(join(tmpdir(), 'clawharbor-company-'));
  const certificate = await certificateFor([], certificates);
  const trusted = join(certificates, 'company.pem');
  writeFileSync(trusted, certificate.cert);
  const loginPort = await tryPort(0);
  directory = await CompanyDirectory.open(`https://localhost:${loginPort}/oauth2/idpresponse`, certificate);
  pod = await LocalPod.create({
    arguments: ['--config', config],
    environment: {
      CORP_ISSUER: directory.issuer,
      CLAWHARBOR_SECRET_CORP: directory.clientSecret,
      NODE_EXTRA_CA_CERTS: trusted,
    },
    loginPort,
  });
  await pod.up();
  browser = await openBrowser();
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  for (const context of profiles.splice(0)) await context.close();
});

afterAll(async () => {
  await browser?.close();
  expect(await pod?.end()).toBe(0);
  await directory?.[Symbol.asyncDispose]();
  rmSync(certificates, { recursive: true, force: true });
});

/** As an administrator does it in Cognito. */
function person(...args: string[]): { sub: string; password?: string } {
  const { stdout, stderr, exitCode } = pod.command('person', ...args, '--json');
  expect(exitCode, stderr).toBe(0);
  return JSON.parse(stdout) as { sub: string; password?: string };
}

function newcomer(name: string, groups: string): LocalUser & { sub: string } {
  const username = `${name}-${Date.now()}@example.com`;
  const { sub, password } = person('add', '--email', username, '--groups', groups);
  return { username, password: password!, role: 'member', sub };
}

async function cookieOf(context: BrowserContext): Promise<string> {
  return (await context.cookies(pod.url)).map(({ name, value }) => `${name}=${value}`).join('; ');
}

/** Signs in, and waits for as long as the role takes. */
async function inside(user: LocalUser): Promise<{ page: Page; client: GatewayClient }> {
  const context = await openProfile(browser);
  context.setDefaultTimeout(180_000);
  profiles.push(context);
  const page = await logIn(context, pod.url, user);
  const client = await GatewayClient.connect(pod.url, { cookie: await cookieOf(context) });
  clients.push(client);
  return { page, client };
}

const admins = ['operator.admin', 'operator.read', 'operator.write'];

test('two groups are two roles, each from the first login on, and people see each other by name', async () => {
  const [boss, guest] = [newcomer('boss', 'admins'), newcomer('guest', 'viewers,others')];
  const ofBoss = await inside(boss);
  const ofGuest = await inside(guest);
  expect(ofBoss.client.granted).toStrictEqual(expect.arrayContaining(admins));
  expect(ofGuest.client.granted).toStrictEqual(['operator.read']);
  const { profiles: known } = (await ofBoss.client.call('users.list', {})).payload as {
    profiles: { displayName: string; emails: string[] }[];
  };
  for (const { sub, username } of [boss, guest]) {
    expect(known.find(({ emails }) => emails.includes(sub))?.displayName).toBe(username);
  }
  for (const { page } of [ofBoss, ofGuest]) {
    const text = await page.locator('body').innerText();
    for (const { sub } of [boss, guest]) expect(text).not.toContain(sub);
  }
  await ofBoss.page.screenshot({ path: join(artifacts, 'groups-people.png') });
});

test('the first message of an administrator by a group is answered, and nothing cuts it off', async () => {
  const { page, client } = await inside(newcomer('typist', 'admins'));
  const box = messageBox(page);
  const word = `harbor-${Date.now()}`;
  await box.fill(`Say ${word}`);
  await box.press('Enter');
  await page.getByText(`You said: ${word}`).first().waitFor();
  await page.waitForTimeout(40_000);
  expect(client.closedWith).toBeUndefined();
});

test('who loses a group loses what it gave within 15 s, and has the lesser role after the next run', async () => {
  const user = newcomer('mover', 'admins');
  const { client, page } = await inside(user);
  person('groups', '--email', user.username, '--groups', 'viewers');
  const from = Date.now();
  await expect.poll(() => client.closedWith, { timeout: 15_000, interval: 20 }).toMatch(/^4001/);
  console.log(`the greater role was gone after ${Date.now() - from} ms`);
  const cookie = await cookieOf(page.context());
  const granted = async () => {
    const again = await GatewayClient.connect(pod.url, { cookie }).catch(() => undefined);
    again?.close();
    return again?.granted;
  };
  // At no moment is it the greater one.
  for (const until = Date.now() + 180_000; Date.now() < until;) {
    const now = await granted();
    expect(now ?? []).not.toContain('operator.admin');
    if (now !== undefined) break;
    await page.waitForTimeout(1000);
  }
  expect(await granted()).toStrictEqual(['operator.read']);
});

test('who gains a group has its role, and who is in none is out', async () => {
  const user = newcomer('climber', 'members');
  const { page, client } = await inside(user);
  expect(client.granted).not.toContain('operator.admin');
  person('groups', '--email', user.username, '--groups', 'members,admins');
  const cookie = await cookieOf(page.context());
  await expect
    .poll(async () => {
      const again = await GatewayClient.connect(pod.url, { cookie }).catch(() => undefined);
      again?.close();
      return again?.granted;
    }, given)
    .toContain('operator.admin');
  await connected(page);
  person('groups', '--email', user.username, '--groups', 'others');
  await page.getByText('Reconnecting').first().waitFor({ timeout: 20_000 });
  await expect(GatewayClient.connect(pod.url, { cookie })).rejects.toThrow();
});

test('who was invited chooses a password first, and is in with it and not with that of the invitation', async () => {
  const username = `invited-${Date.now()}@example.com`;
  const { password } = person('invite', '--email', username, '--groups', 'members');
  const context = await openProfile(browser);
  context.setDefaultTimeout(180_000);
  profiles.push(context);
  const page = await context.newPage();
  await page.goto(pod.url);
  await submitCredentials(page, username, password!);
  await page.getByRole('heading', { name: 'Change password' }).waitFor();
  await page.screenshot({ path: join(artifacts, 'invitation.png') });
  const chosen = `Chosen-${Date.now()}.aA1`;
  await page.locator('input[name="password"]').fill(chosen);
  await page.locator('input[name="again"]').fill(chosen);
  await page.locator('button[type="submit"]').click();
  await page.waitForURL((at) => at.origin === pod.url);
  await connected(page);

  const elsewhere = await openProfile(browser);
  profiles.push(elsewhere);
  const again = await elsewhere.newPage();
  await again.goto(pod.url);
  await submitCredentials(again, username, password!);
  await again.locator('#problem').waitFor();
  await submitCredentials(again, username, chosen);
  await again.waitForURL((at) => at.origin === pod.url);
  await connected(again);
});

test('somebody of the company signs in by its directory, in the role that its group gives, and is called as there', async () => {
  directory.employee = {
    sub: 'ann-4711',
    email: 'ann@corp.example.com',
    name: 'Ann Example',
    groups: ['claw-admins', 'all'],
  };
  const context = await openProfile(browser);
  context.setDefaultTimeout(180_000);
  profiles.push(context);
  const page = await context.newPage();
  await page.goto(pod.url);
  await page.screenshot({ path: join(artifacts, 'federated-login.png') });
  await page.getByText('Continue with Corp').click();
  await page.waitForURL((at) => at.origin === pod.url);
  await connected(page);
  const client = await GatewayClient.connect(pod.url, { cookie: await cookieOf(context) });
  clients.push(client);
  expect(client.granted).toStrictEqual(expect.arrayContaining(admins));
  const self = (await client.call('users.self')).payload as { profile: { displayName: string } };
  expect(self.profile.displayName).toBe('Ann Example');
  await page.screenshot({ path: join(artifacts, 'federated.png') });
});

test('and somebody of it who is in none of its groups that count is not in', async () => {
  directory.employee = { sub: 'bob-4712', email: 'bob@corp.example.com', name: 'Bob', groups: ['all'] };
  const context = await openProfile(browser);
  profiles.push(context);
  const page = await context.newPage();
  await page.goto(pod.url);
  await page.getByText('Continue with Corp').click();
  await page.waitForURL((at) => at.origin === pod.url);
  await page.waitForTimeout(20_000);
  await expect(GatewayClient.connect(pod.url, { cookie: await cookieOf(context) })).rejects.toThrow();
});
