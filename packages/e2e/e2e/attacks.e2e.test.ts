import { createHmac, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { whyNoNetwork } from '../src/network/index.ts';
import type { LocalUser, ReadyEvent } from '../src/pod/events.ts';
import { Browser } from '../test/stand-ins/browser.ts';
import { asTheLoadBalancer } from './attacks/at-the-gateways-port.ts';
import {
  get,
  page,
  type Attack,
  type Connect,
  type Headers,
  type Http,
  type Person,
  type Scene,
} from './attacks/attack.ts';
import { waysIn, type WayIn } from './attacks/index.ts';
import { GatewayClient } from './support/gateway-client.ts';
import { LocalPod } from './support/local-pod.ts';
import { forwardedVariable } from './support/tell-what-is-forwarded.ts';
import { addresses, answerTo, placeIn, plainly, type Place } from './support/vpc.ts';

const reason = await whyNoNetwork();
if (reason !== undefined) console.log(`attacks.e2e: left out, because ${reason}`);

/** Names a request, so that what is passed on can be told from what is not. */
const marker = 'x-attack';

describe.skipIf(reason !== undefined)(
  `attacks${reason === undefined ? '' : ` (left out: ${reason})`}`,
  () => {
    let pod: LocalPod;
    let ready: ReadyEvent;
    let forwarded: string;
    let atLoadBalancer: Place;
    let atAnother: Place;
    let scene: Scene;

    beforeAll(async () => {
      const environment: NodeJS.ProcessEnv = {};
      pod = await LocalPod.create({ environment });
      forwarded = join(pod.dataDir, 'forwarded');
      const told = join(import.meta.dirname, 'support/tell-what-is-forwarded.ts');
      Object.assign(environment, { NODE_OPTIONS: `--import ${told}`, [forwardedVariable]: forwarded });
      ready = await pod.up();
      const config = JSON.parse(readFileSync(join(pod.dataDir, 'efs/openclaw.json'), 'utf8')) as {
        gateway: { port: number };
      };
      const vpc = { dataDir: pod.dataDir, instanceId: ready.instanceId, gatewayPort: config.gateway.port };
      atLoadBalancer = await placeIn(vpc, addresses.loadBalancer);
      atAnother = await placeIn(vpc, addresses.another);
      scene = await setScene();
    });

    afterAll(async () => {
      await atLoadBalancer?.close();
      await atAnother?.close();
      expect(await pod?.end()).toBe(0);
    });

    const passedOn = (): string[] =>
      existsSync(forwarded)
        ? readFileSync(forwarded, 'utf8')
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line) as string)
        : [];

    const browser = () => new Browser(readFileSync(join(pod.dataDir, 'tls/certificate.pem'), 'utf8'));

    async function signIn(user: LocalUser): Promise<Person> {
      const own = browser();
      const login = await own.open(`${pod.url}/`);
      await own.signIn(login, user.username, user.password);
      const cookie = own.cookieHeader(`${pod.url}/`);
      const id = randomUUID();
      const answer = await send(
        get(page, [
          ['cookie', cookie],
          [marker, id],
        ]),
        'a member',
      );
      expect(answer, user.username).toBe('200');
      const text = passedOn().find((each) => each.includes(id))!;
      const value = (name: string) => new RegExp(`^${name}: (.*)\r$`, 'im').exec(text)![1]!;
      return {
        cookie,
        sub: value('x-amzn-oidc-identity'),
        assertion: value('x-amzn-oidc-data'),
        accessToken: value('x-amzn-oidc-accesstoken'),
      };
    }

    async function setScene(): Promise<Scene> {
      scene = { host: new URL(pod.url).host, origin: pod.url } as Scene;
      const user = (role: string) => ready.users.find((each) => each.role === role)!;
      const member = await signIn(user('member'));
      const admin = await signIn(user('admin'));
      const leaver = await signIn(user('member'));
      const out = await send(
        {
          kind: 'http',
          line: 'POST /clawharbor/logout',
          headers: [
            ['cookie', leaver.cookie],
            ['origin', pod.url],
            ['content-length', '0'],
          ],
        },
        'a member',
      );
      expect(out).toBe('303');
      const begun = browser();
      const { headers } = await begun.request(`${pod.url}/`);
      const state = new URL(headers.get('location')!).searchParams.get('state')!;
      const nonce = begun.cookieHeader(`${pod.url}/`);
      return { ...scene, member, admin, leaver, login: { state, nonce }, forge: forgeryOf(member.assertion) };
    }

    const addressOf = (way: WayIn['name']): string =>
      way === 'the port' ? atLoadBalancer.url : way === 'another address' ? atAnother.url : pod.url;

    /** @returns what was answered: a status, or what the gateway said or granted */
    async function send(sent: Http | Connect, way: WayIn['name']): Promise<string> {
      return sent.kind === 'http' ? sendHttp(sent, way) : connect(sent, way);
    }

    async function sendHttp({ line, headers, host, body = '' }: Http, way: WayIn['name']): Promise<string> {
      const isHostSent = headers.some(([name]) => name === 'host');
      const all: Headers = [
        ...(isHostSent ? [] : [['host', host ?? scene.host] as const]),
        ...(headers.some(([name]) => name.toLowerCase() === 'connection')
          ? []
          : [['connection', 'close'] as const]),
        ...headers,
      ];
      const text = `${line} HTTP/1.1\r\n${all.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`;
      const address = addressOf(way);
      const answer = await answerTo(
        text,
        address === pod.url
          ? () =>
              connectTls({
                host: 'localhost',
                port: pod.port,
                rejectUnauthorized: false,
                ALPNProtocols: ['http/1.1'],
              })
          : plainly(address),
      );
      return String(answer.status);
    }

    async function connect(
      { headers, origin = pod.url, frame = {}, call }: Connect,
      way: WayIn['name'],
    ): Promise<string> {
      const all = Object.fromEntries([['host', scene.host] as const, ...headers]);
      let client: GatewayClient;
      try {
        client = await GatewayClient.connect(origin, all, addressOf(way), frame);
      } catch (error) {
        const { message } = error as Error;
        // No WebSocket, but an answer.
        return /^Unexpected server response: (\d+)$/.exec(message)?.[1] ?? message;
      }
      try {
        if (call === undefined) return `granted ${client.granted.toSorted().join(' ') || 'nothing'}`;
        const { ok, error } = await client.call(...call);
        return ok ? 'done' : `refused: ${error?.code}: ${error?.message}`;
      } finally {
        client.close();
      }
    }

    describe('rightly done it is let in', () => {
      test('by a cookie', async () => {
        for (const { cookie } of [scene.member, scene.admin]) {
          expect(await send(get(page, [['cookie', cookie]]), 'a member')).toBe('200');
        }
      });
      test('by a WebSocket, with the scopes of the person', async () => {
        const granted = (cookie: string) =>
          send({ kind: 'connect', headers: [['cookie', cookie]] }, 'a member');
        expect(await granted(scene.member.cookie)).toBe('granted operator.read operator.write');
        expect(await granted(scene.admin.cookie)).toContain('operator.admin');
      });
      test('by a form of the pod itself', async () => {
        const headers = [
          ['cookie', scene.member.cookie],
          ['origin', pod.url],
          ['content-type', 'application/json'],
        ] as const;
        const body = JSON.stringify({ tool: 'sessions_list' });
        const length = ['content-length', String(body.length)] as const;
        const invoke: Http = {
          kind: 'http',
          line: 'POST /tools/invoke',
          headers: [...headers, length],
          body,
        };
        expect(await send(invoke, 'a member')).toBe('200');
      });
      test('at the port, by what the load balancer signed', async () => {
        expect(await send(get(page, asTheLoadBalancer(scene, scene.member)), 'the port')).toBe('200');
        const headers = asTheLoadBalancer(scene, scene.admin);
        expect(await send({ kind: 'connect', headers }, 'the port')).toContain('operator.admin');
      });
    });

    const rows = waysIn.flatMap(({ name, attacks }) => attacks.map((attack) => ({ ...attack, name })));
    test.each<Attack & Pick<WayIn, 'name'>>(rows)('$id by $name: $sent → $refused', async (attack) => {
      const mark = `${attack.id}-${randomUUID()}`;
      const sent = attack.send(scene);
      const answer = await send({ ...sent, headers: [...sent.headers, [marker, mark]] }, attack.name);
      // What is granted, to the letter: more would be too much.
      const isWhole = /^(\d+$|granted )/.test(attack.refused);
      expect(answer).toMatch(isWhole ? new RegExp(`^${attack.refused}$`) : attack.refused);
      const isPassedOn = passedOn().some((text) => text.includes(mark));
      expect(isPassedOn, 'passed on by the load balancer').toBe(attack.reachesGateway === true);
    });

    test('and nobody else is any the worse for it', async () => {
      expect(await send(get(page, [['cookie', scene.member.cookie]]), 'a member')).toBe('200');
      expect(
        await send({ kind: 'connect', headers: [['cookie', scene.admin.cookie]] }, 'a member'),
      ).toContain('operator.admin');
    });
  },
);

/** Assertions as that one, changed, signed with a key that nobody knows. */
function forgeryOf(real: string): Scene['forge'] {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const decoded = real.split('.').map((part) => Buffer.from(part, 'base64').toString());
  const [head, claims] = [decoded[0]!, decoded[1]!].map((text) => JSON.parse(text) as object);
  const encode = (data: string | Buffer): string =>
    Buffer.from(data).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
  const pem = publicKey.export({ type: 'spki', format: 'pem' });
  const signatures = {
    none: () => '',
    hs256: (text: string) => encode(createHmac('sha256', pem).update(text).digest()),
    es256: (text: string) =>
      encode(sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' })),
  };
  return (header, payload, signature = 'es256') => {
    const parts = [
      { ...head, ...header },
      { ...claims, ...payload },
    ].map((part) => encode(JSON.stringify(part)));
    const text = parts.join('.');
    return `${text}.${signatures[signature](text)}`;
  };
}
