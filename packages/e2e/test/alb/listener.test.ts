import { expect, test } from 'vitest';

import { startLoadBalancer } from '../../src/alb/index.ts';
import { parseListener } from '../../src/alb/listener.ts';
import { authenticate, forward, hostRule, notFound, targetGroup, targetGroupArn } from '../stand-ins/pod.ts';

const https = (DefaultActions: readonly object[]) => ({ Port: 443, Protocol: 'HTTPS', DefaultActions });
const parse =
  (actions: readonly object[], rules: readonly object[] = []) =>
  () =>
    parseListener(https(actions), rules);

test('A listener is read as CloudFormation writes it, numbers as strings included', () => {
  const listener = parseListener(
    { ...https([notFound]), Port: '443', LoadBalancerArn: 'arn:x', SslPolicy: 'p' },
    [
      {
        ...hostRule(1, [{ ...forward, Order: '2' }, authenticate({ SessionTimeout: '3600' })]),
        Priority: '1',
      },
    ],
  );
  expect(listener.declaredPort).toBe(443);
  expect(listener.rules[0]).toMatchObject({
    priority: 1,
    authentication: { kind: 'cognito', SessionTimeout: 3600, SessionCookieName: 'AWSELBAuthSessionCookie' },
    route: { kind: 'forward', targetGroups: [{ arn: targetGroupArn, weight: 1 }] },
  });
});

test.for([
  ['no routing action', [authenticate()], /last action must be forward, redirect or fixed-response/],
  ['routing before authentication', [{ ...authenticate(), Order: 3 }, forward], /last action must be/],
  ['two routing actions', [{ ...notFound, Order: 1 }, forward], /fixed-response can only be the last/],
  [
    'two authentications',
    [authenticate(), { ...authenticate(), Order: 1 }, forward],
    /more than one action before/,
  ],
  ['several actions without order', [authenticate(), { ...forward, Order: undefined }], /number them/],
  ['an action nobody knows', [{ Type: 'jwt-validation' }], /Type/],
  ['a misspelt property', [authenticate({ OnUnauthenticated: 'deny' }), forward], /OnUnauthenticated/],
  [
    'a value nobody knows',
    [authenticate({ OnUnauthenticatedRequest: 'ignore' }), forward],
    /OnUnauthenticatedRequest/,
  ],
  ['a session of more than a week', [authenticate({ SessionTimeout: 604_801 }), forward], /SessionTimeout/],
  ['forward to nowhere', [{ Type: 'forward' }], /last action must be/],
] as const)('A listener with %s is refused', ([, actions, message]) => {
  expect(parse(actions)).toThrow(message);
  expect(parse(actions)).toThrow(expect.objectContaining({ code: 'LISTENER_INVALID' }));
});

test('A rule must have conditions that AWS knows, and a priority of its own', () => {
  expect(parse([notFound], [hostRule(1, [forward]), hostRule(1, [forward])])).toThrow(
    /two rules have priority 1/,
  );
  expect(parse([notFound], [{ ...hostRule(1, [forward]), Conditions: [] }])).toThrow(/Conditions/);
  const regex = { Field: 'host-header', RegexValues: ['.*'] };
  expect(parse([notFound], [{ ...hostRule(1, [forward]), Conditions: [regex] }])).toThrow(/Conditions/);
});

test('Only an HTTPS listener authenticates', () => {
  expect(() =>
    parseListener({ Port: 80, Protocol: 'HTTP', DefaultActions: [authenticate(), forward] }, []),
  ).toThrow(/only an HTTPS listener/);
});

test.for([
  ['an HTTPS listener without a certificate', {}, 'LISTENER_INVALID'],
  ['a user pool that is not there', { certificate: { cert: '', key: '' } }, 'USER_POOL_UNKNOWN'],
  [
    'a target group that is not there',
    { certificate: { cert: '', key: '' }, targetGroups: {} },
    'TARGET_UNKNOWN',
  ],
  [
    'health checks that AWS does not offer',
    { targetGroups: { [targetGroupArn]: { ...targetGroup, HealthCheckIntervalSeconds: 1 } } },
    'LISTENER_INVALID',
  ],
  [
    'an idle timeout out of range',
    { attributes: [{ Key: 'idle_timeout.timeout_seconds', Value: '0' }] },
    'LISTENER_INVALID',
  ],
] as const)('A load balancer with %s does not start', async ([, changed, code]) => {
  const listeners = [{ port: 0, properties: https([authenticate(), forward]) }];
  await expect(
    startLoadBalancer({ listeners, targetGroups: { [targetGroupArn]: targetGroup }, ...changed }),
  ).rejects.toMatchObject({ code });
});

test('An authenticate action must name the domain of its user pool, and a client with a secret', async () => {
  const pool = {
    issuer: 'https://localhost/pool',
    domain: 'pod',
    authorizationEndpoint: 'https://localhost/a',
    tokenEndpoint: 'https://localhost/t',
    userInfoEndpoint: 'https://localhost/u',
    clientSecret: (clientId: string) => (clientId === 'with-secret' ? 'secret' : undefined),
  };
  const start = (config: object) =>
    startLoadBalancer({
      listeners: [
        { port: 0, properties: https([authenticate({ UserPoolArn: 'arn:pool', ...config }), forward]) },
      ],
      targetGroups: { [targetGroupArn]: targetGroup },
      certificate: { cert: '', key: '' },
      userPools: { 'arn:pool': pool },
    });
  await expect(start({ UserPoolDomain: 'other' })).rejects.toThrow(/is pod, not other/);
  await expect(start({ UserPoolClientId: 'public' })).rejects.toThrow(/no client public with a secret/);
});
