import { importSPKI, jwtVerify } from 'jose';
import { expect, test } from 'vitest';

import { trustingFetch } from '../../src/tls/index.ts';
import { clientId, loadBalancerArn, password, startPod } from '../stand-ins/pod.ts';

interface Echo {
  readonly url: string;
  readonly headers: Record<string, string>;
}

test('Who signs in reaches the target at the page first asked for, with an identity that the load balancer signed', async () => {
  await using pod = await startPod();
  const { browser } = pod;
  const signIn = await browser.open(`${pod.url}/chat?session=main`);
  expect(signIn.url).toContain(`${pod.pool.domainUrl}/login?`);
  expect(signIn.text).toContain('<title>Sign in</title>');

  const refused = await browser.signIn(signIn, 'alice', 'wrong');
  expect(refused.text).toContain('Incorrect username or password.');
  expect(pod.upstream.requests).toHaveLength(0);

  const landed = await browser.signIn(refused, 'alice', password);
  expect(landed.url).toBe(`${pod.url}/chat?session=main`);
  expect(landed.status).toBe(200);
  const { url, headers } = JSON.parse(landed.text) as Echo;
  const [alice] = pod.pool.users.list();
  expect(url).toBe('/chat?session=main');
  expect(headers['host']).toBe(new URL(pod.url).host);
  expect(headers['x-amzn-oidc-identity']).toBe(alice?.sub);
  expect(headers['x-forwarded-for']).toBe('127.0.0.1');
  expect(headers['x-forwarded-proto']).toBe('https');
  expect(headers['x-forwarded-port']).toBe(new URL(pod.url).port);
  expect(headers['x-amzn-trace-id']).toMatch(/^Root=1-[\da-f]{8}-[\da-f]{24}$/);

  const data = headers['x-amzn-oidc-data'] ?? '';
  const header = JSON.parse(Buffer.from(data.split('.')[0] ?? '', 'base64url').toString()) as Record<
    string,
    string
  >;
  const key = await trustingFetch(pod.certificate.cert)(`${pod.loadBalancer.publicKeysUrl}/${header['kid']}`);
  const { payload, protectedHeader } = await jwtVerify(data, await importSPKI(await key.text(), 'ES256'));
  expect(protectedHeader).toMatchObject({
    alg: 'ES256',
    signer: loadBalancerArn,
    client: clientId,
    iss: pod.pool.issuer,
  });
  expect(payload).toMatchObject({
    sub: alice?.sub,
    email: 'alice@example.com',
    email_verified: 'true',
    username: 'alice',
  });
  expect(data.split('.').every((part) => part.length % 4 === 0)).toBe(true);
});
