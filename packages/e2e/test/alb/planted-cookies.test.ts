import { describe, expect, test } from 'vitest';

import { joinShards, parseCookies, Seal, setShards } from '../../src/alb/sealed-cookie.ts';
import type { Browser } from '../stand-ins/browser.ts';
import { password, type Pod, signedIn, startPod } from '../stand-ins/pod.ts';
import { parseEcho } from '../stand-ins/wire.ts';

const nonce = '__Host-AWSALBAuthNonce';
const session = 'AWSELBAuthSessionCookie';

/** What a page of a sibling domain does to a browser: a cookie for the host, before or after those that are there. */
function plant(
  browser: Browser,
  name: string,
  value: string,
  place: 'first' | 'last' | 'instead' = 'first',
): void {
  const planted = { name, value, host: 'localhost', path: '/' };
  const others =
    place === 'instead' ? browser.cookies.filter((cookie) => cookie.name !== name) : browser.cookies;
  browser.cookies = place === 'last' ? [...others, planted] : [planted, ...others];
}

const valueOf = (browser: Browser, name: string) =>
  browser.cookies.find((cookie) => cookie.name === name)?.value ?? '';
const ask = (pod: Pod, browser: Browser) => browser.request(`${pod.url}/`);
const identityOf = async (pod: Pod, browser: Browser) => {
  const page = await ask(pod, browser);
  return page.status === 200 ? parseEcho(page.text).headers['x-amzn-oidc-identity'] : page.status;
};
const subOf = (pod: Pod, name: string) =>
  pod.pool.users.list().find(({ username }) => username === name)?.sub;

describe('A nonce cookie', () => {
  test('is one that only this host can set, and new whatever a browser brings along', async () => {
    await using pod = await startPod();
    for (const planted of [
      'AAAAAAAAAAAAAAAA',
      '',
      'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0....',
      'x'.repeat(4000),
    ]) {
      const browser = pod.newBrowser();
      plant(browser, nonce, planted);
      const set = (await ask(pod, browser)).headers.getSetCookie();
      expect(set).toHaveLength(1);
      // What browsers ask of a name that begins with __Host-: Secure, the whole host, no Domain.
      expect(set[0]).toMatch(
        /^__Host-AWSALBAuthNonce=[^;]{32,}; Expires=[^;]+; Path=\/; Secure; HttpOnly; SameSite=None$/,
      );
      expect(set[0]).not.toContain(`=${planted};`);
    }
  });

  test('that somebody planted does not finish the login that they began', async () => {
    await using pod = await startPod();
    const mallory = pod.newBrowser();
    plant(mallory, nonce, 'AAAAAAAAAAAAAAAA', 'instead');
    const begun = await ask(pod, mallory);
    const state = new URL(begun.headers.get('location') ?? '').searchParams.get('state') ?? '';
    const callback = `${pod.url}/oauth2/idpresponse?code=x&state=${encodeURIComponent(state)}`;
    for (const planted of ['AAAAAAAAAAAAAAAA', state, 'AAAA', '']) {
      const victim = pod.newBrowser();
      plant(victim, nonce, planted);
      expect((await victim.request(callback)).status).toBe(401);
    }
    const other = pod.newBrowser();
    await ask(pod, other);
    expect((await other.request(callback)).status).toBe(401);
    // The browser that began it gets as far as the code, which is none.
    expect((await mallory.request(callback)).status).toBe(561);
  });

  test('stays with a browser that signs in twice, and is not told to the target', async () => {
    await using pod = await startPod();
    const first = await pod.browser.open(`${pod.url}/one`);
    await pod.newBrowser().open(`${pod.url}/`);
    // A second tab begins a login, which does not end the first one's.
    await ask(pod, pod.browser);
    const landed = await pod.browser.signIn(first, 'alice', password);
    expect(landed.url).toBe(`${pod.url}/one`);
    expect(parseEcho(landed.text).headers['cookie']).not.toContain('Nonce');
  });
});

describe('A session cookie', () => {
  test.for(['first', 'last'] as const)(
    'of nobody, %s beside that of a person, changes nothing',
    async (place) => {
      await using pod = await startPod();
      const alice = await signedIn(pod);
      for (const planted of ['', 'x', '1.x', '4.x', '9.x', valueOf(alice, `${session}-0`).slice(0, -9)]) {
        plant(alice, `${session}-0`, planted, place);
        expect(await identityOf(pod, alice)).toBe(subOf(pod, 'alice'));
      }
      for (const shard of [1, 2, 3]) plant(alice, `${session}-${shard}`, 'x', place);
      expect(await identityOf(pod, alice)).toBe(subOf(pod, 'alice'));
    },
  );

  test.for(['first', 'last'] as const)(
    'of somebody else, %s beside that of a person, makes the person nobody',
    async (place) => {
      await using pod = await startPod();
      const alice = await signedIn(pod, pod.newBrowser(), 'alice');
      const bob = await signedIn(pod, pod.newBrowser(), 'bob');
      plant(alice, `${session}-0`, valueOf(bob, `${session}-0`), place);
      expect(await identityOf(pod, alice)).toBe(302);
    },
  );

  test('that comes twice is one', async () => {
    await using pod = await startPod();
    const alice = await signedIn(pod);
    plant(alice, `${session}-0`, valueOf(alice, `${session}-0`));
    expect(await identityOf(pod, alice)).toBe(subOf(pod, 'alice'));
  });

  test('made of the parts of two, or cut short, or of another use, is none', async () => {
    await using pod = await startPod();
    const groups = Array.from({ length: 100 }, (_, index) => `group-with-a-long-name-${index}`);
    await pod.pool.users.setGroups('alice', groups);
    await pod.pool.users.setGroups('bob', groups);
    const alice = await signedIn(pod, pod.newBrowser(), 'alice');
    const bob = await signedIn(pod, pod.newBrowser(), 'bob');
    const [first, second] = [0, 1].map((shard) => valueOf(alice, `${session}-${shard}`));
    expect(second).not.toBe('');
    const state = new URL((await ask(pod, pod.newBrowser())).headers.get('location') ?? '').searchParams.get(
      'state',
    );
    for (const parts of [
      [first, valueOf(bob, `${session}-1`)],
      [valueOf(bob, `${session}-0`), second],
      [first],
      [first, second?.slice(0, -1)],
      [first?.slice(0, -1), second],
      [second, first],
      [`1${first?.slice(1)}`, second],
      [`1.${state}`],
      [valueOf(alice, nonce)],
      [`1.${valueOf(alice, nonce)}`],
    ]) {
      const browser = pod.newBrowser();
      parts.forEach((part, shard) => plant(browser, `${session}-${shard}`, part ?? ''));
      expect(await identityOf(pod, browser)).toBe(302);
    }
    expect(await identityOf(pod, alice)).toBe(subOf(pod, 'alice'));
  });
});

test('However many cookies somebody plants, only few are tried', async () => {
  const seal = new Seal(new Uint8Array(32));
  const sealed = await seal.seal('use', { who: 'x'.repeat(9000) }, Date.now());
  const own = setShards('s', sealed, new Map()).map((cookie) => cookie.split(';')[0]);
  const planted = Array.from({ length: 100 }, (_, index) => [
    `s-0=4.${index}`,
    `s-1=${index}`,
    `s-2=${index}`,
    `s-3=${index}`,
  ]);
  expect(joinShards(parseCookies(own.join('; ')), 's')).toEqual([sealed]);
  expect(joinShards(parseCookies([...planted.flat(), ...own].join('; ')), 's').length).toBeLessThanOrEqual(
    16,
  );
});
