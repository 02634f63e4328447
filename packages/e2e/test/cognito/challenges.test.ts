import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TOTP } from 'otpauth';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startUserPool, type UserPool } from '../../src/cognito/index.ts';
import { certificateFor } from '../../src/tls/index.ts';
import { Browser, type Page } from '../stand-ins/browser.ts';

const callback = 'https://app.example.com/callback';
const [invited, chosen] = ['Correct-horse-1', 'Better-horse-22'];
const alice = { username: 'alice', email: 'alice@example.com', password: invited };

let dir: string;
let pool: UserPool | undefined;
let cert: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'user-pool-'));
});
afterEach(async () => {
  vi.useRealTimers();
  await pool?.close();
  await rm(dir, { recursive: true });
});

async function start(mfa: 'OFF' | 'ON' | 'OPTIONAL'): Promise<UserPool> {
  await pool?.close();
  const certificate = await certificateFor([], dir);
  cert = certificate.cert;
  pool = await startUserPool({
    userPoolId: 'us-east-1_test',
    domain: 'test',
    properties: { MfaConfiguration: mfa, EnabledMfas: mfa === 'OFF' ? [] : ['SOFTWARE_TOKEN_MFA'] },
    clients: {
      app: {
        AllowedOAuthFlows: ['code'],
        AllowedOAuthFlowsUserPoolClient: true,
        AllowedOAuthScopes: ['openid'],
        CallbackURLs: [callback],
      },
    },
    certificate,
    dir,
  });
  return pool;
}

/** One person's browser, which stops where it would leave for the application. */
class Person {
  readonly #browser = new Browser(cert);

  open(): Promise<Page> {
    const query = { client_id: 'app', redirect_uri: callback, response_type: 'code', state: 's' };
    return this.#browser.open(`${pool!.authorizationEndpoint}?${new URLSearchParams(query).toString()}`);
  }

  async signIn(password: string): Promise<Page> {
    return this.submit(await this.open(), { username: 'alice', password });
  }

  /** @returns the next page, or one without text whose URL is the application's */
  async submit(page: Page, fields: Readonly<Record<string, string>>): Promise<Page> {
    return this.#browser.submit(page, fields).catch((error: unknown) => {
      const left = String((error as { cause?: unknown }).cause ?? error);
      if (!left.includes('app.example.com')) throw error;
      return { url: callback, status: 0, headers: new Headers(), text: '' };
    });
  }
}

const isIn = ({ url }: Page): boolean => url.startsWith(callback);
const secretOf = ({ text }: Page): string => /id="secret">([A-Z2-7]+)</.exec(text)![1]!;
const codeOf = (secret: string, timestamp = Date.now()): string =>
  new TOTP({ secret }).generate({ timestamp });
const half = 30_000;

describe('somebody who was invited', () => {
  test('chooses a password that the policy takes, and signs in with it alone from then on', async () => {
    const { users } = await start('OFF');
    await users.add({ ...alice, temporary: true });
    const person = new Person();
    let page = await person.signIn(invited);
    expect(page.text).toContain('Change password');
    page = await person.submit(page, { password: 'short', again: 'short' });
    expect(page.text).toContain('Password not long enough');
    page = await person.submit(page, { password: chosen, again: invited });
    expect(page.text).toContain('The passwords differ.');
    expect(isIn(await person.submit(page, { password: chosen, again: chosen }))).toBe(true);
    expect((await new Person().signIn(invited)).text).toContain('Incorrect username or password.');
    expect(isIn(await new Person().signIn(chosen))).toBe(true);
    expect(await readFile(join(dir, 'user-pool.json'), 'utf8')).not.toContain(chosen);
  });

  test('cannot be in without that, whatever the form says', async () => {
    const { users } = await start('OFF');
    await users.add({ ...alice, temporary: true });
    for (const challenge of ['mfa', 'mfa-setup', 'none', '']) {
      const person = new Person();
      const page = await person.submit(await person.signIn(invited), { challenge, code: '000000' });
      expect(isIn(page)).toBe(false);
    }
    // Nor with the form of somebody whose password was not asked for.
    const stranger = new Person();
    const page = await stranger.submit(await stranger.open(), {
      challenge: 'new-password',
      password: chosen,
      again: chosen,
    });
    expect(page.text).toContain('Your session has expired');
    expect((await new Person().signIn(chosen)).text).toContain('Incorrect username or password.');
  });

  test('is late after seven days', async () => {
    const { users } = await start('OFF');
    await users.add({ ...alice, temporary: true });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 7 * 24 * 3_600_000 + 1000 });
    expect((await new Person().signIn(invited)).text).toContain('Temporary password has expired');
  });
});

describe('a pool that requires an authenticator', () => {
  test('has one set up at the first sign-in, and asks for it at each, also after a restart', async () => {
    await (await start('ON')).users.add(alice);
    const person = new Person();
    const page = await person.signIn(invited);
    const secret = secretOf(page);
    expect(page.text).toContain(`otpauth://totp/Clawharbor:alice?issuer=Clawharbor&amp;secret=${secret}`);
    const again = await person.submit(page, { code: '12345' });
    expect(again.text).toContain('Invalid code received for user');
    expect(secretOf(again)).toBe(secret);
    expect(isIn(await person.submit(again, { code: codeOf(secret) }))).toBe(true);
    await start('ON');
    const later = new Person();
    const asked = await later.signIn(invited);
    expect(asked.text).toContain('Sign in with your authenticator app');
    expect(asked.text).not.toContain(secret);
    expect(isIn(await later.submit(asked, { code: codeOf(secret, Date.now() + half) }))).toBe(true);
  });

  test('has somebody who was invited choose a password first', async () => {
    await (await start('ON')).users.add({ ...alice, temporary: true });
    const person = new Person();
    const page = await person.submit(await person.signIn(invited), { password: chosen, again: chosen });
    expect(isIn(await person.submit(page, { code: codeOf(secretOf(page)) }))).toBe(true);
  });

  test('takes each code once, and only near its time', async () => {
    await (await start('ON')).users.add(alice);
    const first = new Person();
    const setUp = await first.signIn(invited);
    const secret = secretOf(setUp);
    const now = Date.now();
    expect(isIn(await first.submit(setUp, { code: codeOf(secret, now) }))).toBe(true);
    for (const code of [codeOf(secret, now), codeOf(secret, now - half), codeOf(secret, now + 4 * half)]) {
      const person = new Person();
      expect(isIn(await person.submit(await person.signIn(invited), { code }))).toBe(false);
    }
  });

  test('lets nobody guess who has the password', async () => {
    await (await start('ON')).users.add(alice);
    const first = new Person();
    const setUp = await first.signIn(invited);
    const secret = secretOf(setUp);
    expect(isIn(await first.submit(setUp, { code: codeOf(secret) }))).toBe(true);
    for (let round = 0; round < 6; round += 1) {
      const guesser = new Person();
      await guesser.submit(await guesser.signIn(invited), { code: 'no code' });
    }
    const person = new Person();
    const refused = await person.submit(await person.signIn(invited), {
      code: codeOf(secret, Date.now() + half),
    });
    expect(isIn(refused)).toBe(false);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 16 * 60_000 });
    const later = new Person();
    expect(isIn(await later.submit(await later.signIn(invited), { code: codeOf(secret) }))).toBe(true);
  });

  test('asks for a new one once an administrator has had the old one forgotten', async () => {
    const { users } = await start('ON');
    await users.add(alice);
    const first = new Person();
    const setUp = await first.signIn(invited);
    expect(isIn(await first.submit(setUp, { code: codeOf(secretOf(setUp)) }))).toBe(true);
    await users.forgetAuthenticator('alice');
    const person = new Person();
    const page = await person.signIn(invited);
    expect(secretOf(page)).not.toBe(secretOf(setUp));
    expect(isIn(await person.submit(page, { code: codeOf(secretOf(page)) }))).toBe(true);
  });

  test('asks nobody for one where it is optional and none is there', async () => {
    await (await start('OPTIONAL')).users.add(alice);
    expect(isIn(await new Person().signIn(invited))).toBe(true);
  });

  test('by messages is refused: it is not played here', async () => {
    const certificate = await certificateFor([], dir);
    const properties = { MfaConfiguration: 'ON', EnabledMfas: ['SMS_MFA'] };
    const options = {
      userPoolId: 'us-east-1_test',
      domain: 'test',
      clients: {},
      certificate,
      dir,
      properties,
    };
    await expect(startUserPool(options)).rejects.toThrow(/USER_POOL_CLIENT_INVALID|SOFTWARE_TOKEN_MFA only/);
  });
});
