import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Locator, type Page } from 'playwright-core';
import type { LocalUser } from '../../src/pod/events.ts';

/** Screenshots for people to look at. */
export const artifacts = join(import.meta.dirname, '../../artifacts');

const candidates = [
  process.env['CHROMIUM_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** A real Chromium, kept from reaching out by itself. */
export async function openBrowser(): Promise<Browser> {
  mkdirSync(artifacts, { recursive: true });
  const executablePath = candidates.find((path) => path !== undefined && existsSync(path));
  if (executablePath === undefined) {
    throw new Error("no Chromium found: install Debian's package chromium, or set CHROMIUM_PATH");
  }
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A person with a browser profile of their own. */
export async function openProfile(browser: Browser): Promise<BrowserContext> {
  const context = await browser.newContext({
    ignoreHTTPSErrors: true,
    viewport: { width: 1280, height: 850 },
    // Without a graphics card, what moves is drawn by the processor.
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(120_000);
  return context;
}

/** Types credentials into the login page and sends them. */
export async function submitCredentials(page: Page, username: string, password: string): Promise<void> {
  await page.locator('input[name="username"]').fill(username);
  await page.locator('input[name="password"]').fill(password);
  await page.locator('button[type="submit"]').click();
}

/** Opens the pod, logs in, and waits for the text box that the Control UI only shows when it is connected. */
export async function logIn(context: BrowserContext, url: string, user: LocalUser): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  await submitCredentials(page, user.username, user.password);
  await page.waitForURL((at) => at.origin === url, { timeout: 120_000 });
  await connected(page);
  return page;
}

/** Where a person types to the agent; the Control UI shows it only while it is connected. */
export function messageBox(page: Page): Locator {
  return page.locator('textarea:visible').first();
}

export async function connected(page: Page): Promise<void> {
  await messageBox(page).waitFor({ state: 'visible', timeout: 120_000 });
  // The navigation comes with what the gateway says over the WebSocket.
  await page
    .getByText('Automations', { exact: true })
    .first()
    .waitFor({ state: 'visible', timeout: 120_000 });
}
