import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type LoadBalancer, type LoadBalancerOptions, startLoadBalancer } from '../../src/alb/index.ts';
import { startUserPool, type UserPool } from '../../src/cognito/index.ts';
import { type Certificate, certificateFor } from '../../src/tls/index.ts';
import { Browser } from './browser.ts';
import { startUpstream, type Upstream } from './upstream.ts';

export const dnsName = 'openclaw.example.com';
export const userPoolArn = 'arn:aws:cognito-idp:us-east-1:111122223333:userpool/us-east-1_local';
export const targetGroupArn =
  'arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/pod/0123456789abcdef';
export const loadBalancerArn =
  'arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/pod/0123456789abcdef';
export const clientId = '1example23456789';
export const password = 'Correct-horse-1';

export const targetGroup = {
  HealthCheckPath: '/healthz',
  HealthCheckIntervalSeconds: 5,
  HealthCheckTimeoutSeconds: 2,
  HealthyThresholdCount: 2,
  UnhealthyThresholdCount: 2,
  Port: 5173,
  Protocol: 'HTTP',
  TargetGroupAttributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '1' }],
};

export const userPoolClient = {
  AllowedOAuthFlows: ['code'],
  AllowedOAuthFlowsUserPoolClient: true,
  AllowedOAuthScopes: ['openid', 'email', 'profile'],
  CallbackURLs: [`https://${dnsName}/oauth2/idpresponse`],
  GenerateSecret: true,
  LogoutURLs: [`https://${dnsName}/signed-out`],
};

export const forward = { Type: 'forward', TargetGroupArn: targetGroupArn, Order: 2 };

export function authenticate(config: object = {}) {
  return {
    Type: 'authenticate-cognito',
    Order: 1,
    AuthenticateCognitoConfig: {
      UserPoolArn: userPoolArn,
      UserPoolClientId: clientId,
      UserPoolDomain: 'pod',
      Scope: 'openid email',
      ...config,
    },
  };
}

export function hostRule(priority: number, actions: readonly object[], more: readonly object[] = []) {
  const host = { Field: 'host-header', HostHeaderConfig: { Values: [dnsName] } };
  return { Priority: priority, Conditions: [host, ...more], Actions: actions };
}

export const notFound = {
  Type: 'fixed-response',
  FixedResponseConfig: { StatusCode: '404', ContentType: 'text/plain', MessageBody: 'not here' },
};

/** Alice's browser after a login. */
export async function signedIn(
  pod: Pod,
  browser: Browser = pod.browser,
  username = 'alice',
): Promise<Browser> {
  const landed = await browser.signIn(await browser.open(`${pod.url}/`), username, password);
  if (landed.status !== 200) throw new Error(`The login ended with ${landed.status} at ${landed.url}`);
  return browser;
}

export interface Pod {
  readonly url: string;
  readonly certificate: Certificate;
  readonly pool: UserPool;
  readonly loadBalancer: LoadBalancer;
  readonly upstream: Upstream;
  readonly browser: Browser;
  newBrowser(): Browser;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface PodOptions {
  readonly rules?: readonly object[];
  readonly client?: object;
  readonly loadBalancer?: Partial<LoadBalancerOptions>;
}

/** A load balancer with Cognito in front of one healthy target, and users alice and bob. */
export async function startPod(options: PodOptions = {}): Promise<Pod> {
  const dir = await mkdtemp(join(tmpdir(), 'stand-ins-'));
  const certificate = await certificateFor([], dir);
  const port = await freePort();
  const hostAliases = { [`localhost:${port}`]: dnsName };
  const pool = await startUserPool({
    userPoolId: 'us-east-1_local',
    domain: 'pod',
    clients: { [clientId]: { ...userPoolClient, ...options.client } },
    dir,
    certificate,
    hostAliases,
  });
  const upstream = await startUpstream();
  const loadBalancer = await startLoadBalancer({
    arn: loadBalancerArn,
    listeners: [
      {
        port,
        properties: { Port: 443, Protocol: 'HTTPS', DefaultActions: [notFound] },
        rules: options.rules ?? [hostRule(1, [authenticate(), forward])],
      },
    ],
    targetGroups: { [targetGroupArn]: targetGroup },
    certificate,
    userPools: { [userPoolArn]: pool },
    trustedCertificate: certificate.cert,
    hostAliases,
    healthCheckPace: 50,
    ...options.loadBalancer,
  });
  await pool.addUser({ username: 'alice', email: 'alice@example.com', password, groups: ['admin'] });
  await pool.addUser({ username: 'bob', email: 'bob@example.com', password });
  loadBalancer.registerTarget(targetGroupArn, {
    id: 'i-0123456789',
    host: upstream.host,
    port: upstream.port,
  });
  await untilHealth(loadBalancer, 'healthy');
  return {
    url: `https://localhost:${port}`,
    certificate,
    pool,
    loadBalancer,
    upstream,
    browser: new Browser(certificate.cert),
    newBrowser: () => new Browser(certificate.cert),
    [Symbol.asyncDispose]: async () => {
      await loadBalancer.close();
      await pool.close();
      await upstream[Symbol.asyncDispose]();
    },
  };
}

export async function untilHealth(loadBalancer: LoadBalancer, state: string): Promise<void> {
  const [current] = loadBalancer.targetHealth(targetGroupArn);
  if (current?.state === state) return;
  await new Promise<void>((resolve) => {
    const listen = (event: { state: string }) => {
      if (event.state !== state) return;
      loadBalancer.off('targetHealth', listen);
      resolve();
    };
    loadBalancer.on('targetHealth', listen);
  });
}

/** Below the range that the system takes ports of outgoing connections from: those of other tests come and go. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(15_000, 32_000);
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}
