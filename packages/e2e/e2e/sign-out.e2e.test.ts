import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { LocalUser, ReadyEvent } from '../src/pod/events.ts';
import { artifacts, connected, logIn, messageBox, openBrowser, openProfile } from './support/browser.ts';
import { GatewayClient, request } from './support/gateway-client.ts';
import { LocalPod } from './support/local-pod.ts';

const path = '/clawharbor/logout';
const session = 'AWSELBAuthSessionCookie';

let pod: LocalPod;
let ready: ReadyEvent;
let browser: Browser;
let member: LocalUser;
const profiles: BrowserContext[] = [];

beforeAll(async () => {
  pod = await LocalPod.create();
  ready = await pod.up();
  member = ready.users.find((user) => user.role === 'member')!;
  browser = await openBrowser();
});

afterEach(async () => {
  for (const context of profiles.splice(0)) await context.close();
});

afterAll(async () => {
  await browser?.close();
  expect(await pod?.end()).toBe(0);
});

async function signedIn(): Promise<{ context: BrowserContext; page: Page }> {
  const context = await openProfile(browser);
  profiles.push(context);
  return { context, page: await logIn(context, pod.url, member) };
}

async function sessionCookies(context: BrowserContext) {
  return (await context.cookies(pod.url)).filter(({ name }) => name.startsWith(session));
}

const atLogin = (url: URL): boolean => url.origin === ready.loginUrl && url.pathname === '/login';

describe('a person who signs out', () => {
  test('finds it in the navigation, and is asked for a password by everything that follows, also the back button', async () => {
    const { context, page } = await signedIn();
    const cookie = (await context.cookies(pod.url)).map(({ name, value }) => `${name}=${value}`).join('; ');
    expect(await sessionCookies(context)).not.toHaveLength(0);
    const copied = await GatewayClient.connect(pod.url, { cookie });
    expect((await request(pod.url, '/control-ui-config.json', { headers: { cookie } })).status).toBe(200);

    await page.getByText('Sign out', { exact: true }).first().click();
    const button = page.getByRole('button', { name: 'Sign out', exact: true });
    await button.waitFor();
    await page.screenshot({ path: join(artifacts, 'sign-out.png') });
    await button.click();
    await page.waitForURL(atLogin);
    await page.screenshot({ path: join(artifacts, 'signed-out.png') });

    expect(await sessionCookies(context)).toStrictEqual([]);
    // Cognito's session has ended as well: it does not sign the person in again, unasked.
    await page.goto(pod.url);
    expect(atLogin(new URL(page.url()))).toBe(true);
    await page.goBack();
    await page.waitForURL(atLogin);
    expect(await messageBox(page).count()).toBe(0);
    // What the page itself kept does not open the pod, and a cookie that was copied before neither: to the load balancer it is a
    // login, to the gateway nobody's. docs/decisions/0034
    expect((await request(pod.url, '/control-ui-config.json')).status).toBe(302);
    expect((await request(pod.url, '/control-ui-config.json', { headers: { cookie } })).status).toBe(401);
    await expect(GatewayClient.connect(pod.url, { cookie })).rejects.toThrow();
    await expect.poll(() => copied.closedWith, { timeout: 5000 }).toBeDefined();

    const again = await logIn(context, pod.url, member);
    await connected(again);
  });

  test('may do it in another browser and is still signed in here', async () => {
    const here = await signedIn();
    const there = await signedIn();
    await there.page.goto(`${pod.url}${path}`);
    await there.page.waitForURL(atLogin);
    await here.page.reload();
    await connected(here.page);
  });

  test('is told the way by a command in a chat', async () => {
    const { page } = await signedIn();
    await page.goto(`${pod.url}/new`);
    await connected(page);
    await page.getByText('Stand-in model', { exact: true }).first().waitFor();
    const box = messageBox(page);
    await box.fill('/logout');
    await expect
      .poll(
        async () => {
          await box.press('Enter');
          return box.inputValue();
        },
        { timeout: 60_000, interval: 1000 },
      )
      .not.toContain('/logout');
    const link = page.getByRole('link', { name: 'Sign out of this pod' }).first();
    await link.waitFor();
    await page.goto((await link.getAttribute('href'))!);
    await page.waitForURL(atLogin);
  });
});

test('an image signs nobody out, also one that an agent shows in the pod itself', async () => {
  const { context, page } = await signedIn();
  const answered = page.waitForResponse((response) => response.url() === `${pod.url}${path}`);
  await page.evaluate(`document.body.append(Object.assign(new Image(), { src: ${JSON.stringify(path)} }))`);
  // Signed in, and asked.
  expect((await answered).status()).toBe(200);
  expect(await sessionCookies(context)).not.toHaveLength(0);
});

describe('a foreign page', () => {
  /** A page of another origin, opened by somebody who is signed in. */
  async function visited(at: string, html: string): Promise<{ context: BrowserContext; page: Page }> {
    const { context } = await signedIn();
    const page = await context.newPage();
    await context.route(at, (route) => route.fulfill({ contentType: 'text/html', body: html }));
    return { context, page };
  }

  const foreign = 'https://evil.example.com/';

  test('signs nobody out by sending them there: they are asked', async () => {
    const { context, page } = await visited(foreign, `<script>location = '${pod.url}${path}'</script>`);
    await page.goto(foreign);
    await page.getByRole('heading', { name: 'Sign out?' }).waitFor();
    expect(await sessionCookies(context)).not.toHaveLength(0);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL(atLogin);
    expect(await sessionCookies(context)).toStrictEqual([]);
  });

  test('signs nobody out with a form: OpenClaw itself refuses the foreign origin', async () => {
    const form = `<form method="post" action="${pod.url}${path}"></form><script>document.forms[0].submit()</script>`;
    const { context, page } = await visited(foreign, form);
    const answered = page.waitForResponse((response) => response.url() === `${pod.url}${path}`);
    await page.goto(foreign);
    expect((await answered).status()).toBe(401);
    expect(await sessionCookies(context)).not.toHaveLength(0);
  });
});

test('nobody who is not signed in gets to the sign-out', async () => {
  const answer = await request(pod.url, path);
  expect(answer.status).toBe(302);
  expect(new URL(answer.headers['location'] as string).origin).toBe(ready.loginUrl);
});
