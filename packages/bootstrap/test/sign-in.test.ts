import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pluginConfigSchema, signInPath, unsigned } from '@clawharbor/openclaw-plugin/config';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { desiredConfig } from '../src/config/desired.ts';
import { ProcessHost } from '../src/host/process/process-host.ts';
import { untilSignInWorks } from '../src/plugin/sign-in.ts';
import { parsePodSpec, type PodSpec } from '../src/spec/index.ts';

// A gateway here answers one path as the plugin does in packages/openclaw-plugin/test/sign-in.test.ts.
let directory: string;
let host: ProcessHost;
let gateway: Server;
/** The next answers, the last again and again: what OpenClaw says, or a status of a path that is not there. */
let answers: (string | number)[];
let asked: number;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'clawharbor-sign-in-'));
  host = new ProcessHost({
    root: join(directory, 'root'),
    state: join(directory, 'state'),
    artifacts: join(directory, 'artifacts'),
  });
  vi.stubGlobal('PLUGIN_FILES', { 'index.mjs': 'export default {};\n' });
  answers = [];
  asked = 0;
  gateway = createServer(({ url }, response) => {
    expect(url).toBe(signInPath);
    asked++;
    const next = answers.length > 1 ? answers.shift() : answers[0];
    if (typeof next === 'string') response.end(JSON.stringify({ reason: next }));
    else response.writeHead(next ?? 500).end('<!doctype html>');
  });
  await new Promise<void>((listening) => gateway.listen(0, '127.0.0.1', listening));
});

afterEach(async () => {
  vi.unstubAllGlobals();
  gateway.close();
  gateway.closeAllConnections();
  await host.close();
  await rm(directory, { recursive: true, force: true });
});

const auth = {
  mode: 'trusted-proxy',
  trustedProxy: {
    userHeader: 'x-amzn-oidc-identity',
    requiredHeaders: ['x-amzn-oidc-data', 'x-forwarded-proto'],
  },
};

function spec(more: object = {}): PodSpec {
  const { port } = gateway.address() as AddressInfo;
  const config = {
    gateway: {
      port,
      auth,
      trustedProxies: ['10.0.16.0/24'],
      controlUi: { allowedOrigins: ['https://claw.example.com'] },
    },
  };
  return parsePodSpec(
    {
      apiVersion: 'clawharbor/v1',
      name: 'pod',
      region: 'eu-central-1',
      openclaw: { version: '2026.9.6', config },
      login: {
        userPool: 'eu-central-1_Pool',
        client: 'client',
        url: 'https://prefix.auth.eu-central-1.amazoncognito.com',
        ...more,
      },
    },
    'the spec',
  );
}

const loadBalancer =
  'arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/app/pod/0123456789abcdef';
const wait = (patience: number) =>
  untilSignInWorks({ host, spec: spec(), signal: AbortSignal.timeout(20_000) }, patience);

test('a gateway that refuses an attempt for its signature alone would let people in', async () => {
  answers = [unsigned];
  await wait(0);
  expect(asked).toBe(1);
});

test('one that is too busy at first is asked again', async () => {
  answers = ['no answer', 'closed with 1013', unsigned];
  await wait(10_000);
  expect(asked).toBe(3);
});

test.each(['trusted_proxy_local_interface_check_failed', 'trusted_proxy_untrusted_source', 'let in'])(
  'one that says "%s" is ready in vain, which has a code',
  async (reason) => {
    answers = [reason];
    await expect(wait(300)).rejects.toMatchObject({
      code: 'GATEWAY_LETS_NOBODY_IN',
      message: expect.stringContaining(`"${reason}"`),
    });
  },
);

test('one that answers nothing at all, too', async () => {
  const context = { host, spec: spec(), signal: AbortSignal.timeout(20_000) };
  await new Promise((closed) => gateway.close(closed));
  await expect(untilSignInWorks(context, 300)).rejects.toMatchObject({ code: 'GATEWAY_LETS_NOBODY_IN' });
});

test.each([200, 401, 404])(
  'a plugin of before the question answers %i, and is taken as it is',
  async (status) => {
    answers = [status];
    await wait(0);
    expect(asked).toBe(1);
  },
);

test('where nobody signs in, nobody is asked', async () => {
  const { login: _, ...without } = spec();
  await untilSignInWorks({ host, spec: without, signal: AbortSignal.timeout(20_000) }, 0);
  expect(asked).toBe(0);
});

test('the plugin is told where the load balancer could come from and what it says', () => {
  const config = desiredConfig(spec({ loadBalancer }), host.layout, { run: 'with-gateway' }) as {
    plugins: { entries: { clawharbor: { config: unknown } } };
  };
  expect(pluginConfigSchema.parse(config.plugins.entries.clawharbor.config).signIn).toStrictEqual({
    address: '10.0.16.1',
    headers: {
      origin: 'https://claw.example.com',
      'x-forwarded-for': '203.0.113.7',
      'x-forwarded-proto': 'https',
      'x-amzn-oidc-data': 'present',
      'x-amzn-oidc-identity': 'clawharbor-attempt',
    },
  });
});

test('and not where nobody would judge it', () => {
  const text = JSON.stringify(desiredConfig(spec(), host.layout, { run: 'with-gateway' }));
  expect(text).toContain('"clawharbor"');
  expect(text).not.toContain('clawharbor-attempt');
});
