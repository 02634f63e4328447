import { join } from 'node:path';
import { TOTP } from 'otpauth';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LocalUser } from '../../src/pod/events.ts';
import { artifacts, connected, openBrowser, openProfile, submitCredentials } from '../support/browser.ts';
import { LocalPod } from '../support/local-pod.ts';

const config = join(import.meta.dirname, '../fixtures/second-factor.config.ts');

let pod: LocalPod;
let browser: Browser;
let admin: LocalUser;
/** The authenticator app of the person, who has it from one test to the next. */
let app: TOTP;

beforeAll(async () => {
  pod = await LocalPod.create({ arguments: ['--config', config] });
  const ready = await pod.up();
  admin = ready.users.find(({ role }) => role === 'admin')!;
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  expect(await pod?.end()).toBe(0);
});

async function withPassword(): Promise<Page> {
  const page = await (await openProfile(browser)).newPage();
  await page.goto(pod.url);
  await submitCredentials(page, admin.username, admin.password);
  await page.locator('input[name="code"]').waitFor();
  return page;
}

async function sendCode(page: Page, code: string): Promise<void> {
  await page.locator('input[name="code"]').fill(code);
  await page.locator('button[type="submit"]').click();
}

test('a person sets up an authenticator app at the first login, and is not in before', async () => {
  const page = await withPassword();
  await page.screenshot({ path: join(artifacts, 'second-factor-setup.png') });
  await page.goto(pod.url);
  expect(new URL(page.url()).origin).not.toBe(pod.url);
  await submitCredentials(page, admin.username, admin.password);
  app = new TOTP({ secret: (await page.locator('#secret').textContent())! });
  await sendCode(page, app.generate());
  await page.waitForURL((at) => at.origin === pod.url);
  await connected(page);
  await page.context().close();
});

test('and needs it at each login from then on', async () => {
  const page = await withPassword();
  expect(await page.locator('#secret').count()).toBe(0);
  await sendCode(page, '12345');
  await page.getByText('Invalid code received for user').waitFor();
  await page.screenshot({ path: join(artifacts, 'second-factor-wrong.png') });
  // The code of the first login was taken: each is taken once.
  await sendCode(page, app.generate({ timestamp: Date.now() + 30_000 }));
  await page.waitForURL((at) => at.origin === pod.url);
  await connected(page);
});
