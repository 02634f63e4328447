import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { commandsOf } from '../src/commands/choice.ts';
import { commandsUnit } from '../src/commands/unit.ts';
import { isAllowed, namesOf } from '../src/egress/names.ts';
import { egressProxy, type ProxyOptions } from '../src/egress/proxy.ts';
import { isPublic } from '../src/egress/public-address.ts';
import { egressPort, egressUnit } from '../src/egress/unit.ts';
import { SystemdHost } from '../src/host/systemd/systemd-host.ts';
import { renderUnit } from '../src/host/systemd/unit-file.ts';
import { parsePodSpec } from '../src/spec/parse.ts';

const specOf = (egress: unknown, commands: string | undefined = 'apart', version = '2026.9.6') =>
  parsePodSpec(
    {
      apiVersion: 'clawharbor/v1',
      name: 'test',
      region: 'eu-central-1',
      agents: { commands },
      network: { egress },
      openclaw: { version, config: { gateway: { mode: 'local', port: 5173 } } },
    },
    'the test',
  );

describe('a name', () => {
  test.each([
    ['a.example.com', ['a.example.com'], true],
    ['A.Example.com.', ['a.example.com'], true],
    ['b.example.com', ['a.example.com'], false],
    ['x.a.example.com', ['a.example.com'], false],
    ['a.example.com.evil.example', ['a.example.com'], false],
    ['a.b.example.com', ['*.example.com'], true],
    ['example.com', ['*.example.com'], false],
    ['.example.com', ['*.example.com'], false],
    ['badexample.com', ['*.example.com'], false],
    ['a.example.com', [], false],
  ])('%s of %j: %s', (name, allowed, is) => {
    expect(isAllowed(name, allowed)).toBe(is);
  });

  test.each([
    ['bedrock-runtime.eu-central-1.amazonaws.com', true],
    ['api.anthropic.com', true],
    ['bedrock-runtime.us-east-1.amazonaws.com', false],
    ['ec2-1-2-3-4.eu-central-1.compute.amazonaws.com', false],
    ['registry.npmjs.org', false],
  ])('%s is among AWS and models: %s', (name, is) => {
    expect(isAllowed(name, namesOf(specOf('aws-and-models')) ?? [])).toBe(is);
  });
});

test.each([
  ...['8.8.8.8', '2600:1f18::1'].map((address) => [address, true] as const),
  ...['127.0.0.1', '10.0.0.2', '172.31.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0'].map(
    (address) => [address, false] as const,
  ),
  ...['224.0.0.1', '255.255.255.255', '::1', '::', 'fd00:ec2::254', 'fe80::1', '::ffff:10.0.0.1'].map(
    (address) => [address, false] as const,
  ),
  ...['::ffff:8.8.8.8', '64:ff9b::a00:1', '2002:a00:1::', '2001::1', 'localhost', ''].map(
    (address) => [address, false] as const,
  ),
])('%s is of the internet: %s', (address, is) => {
  expect(isPublic(address)).toBe(is);
});

describe('the spec', () => {
  test.each(['closed', { allow: ['10.0.0.1'] }, { allow: ['*'] }, { allow: ['a.b:22'] }, { deny: [] }])(
    'refuses %j',
    (egress) => {
      expect(() => specOf(egress)).toThrow(expect.objectContaining({ code: 'SPEC_INVALID' }));
    },
  );

  test.each(['with-gateway', undefined])('refuses what cannot be held: %s', (commands) => {
    const closed = () =>
      parsePodSpec(
        {
          ...specOf('open'),
          agents: commands === undefined ? {} : { commands },
          network: { egress: { allow: [] } },
        },
        'the test',
      );
    expect(closed).toThrow(expect.objectContaining({ code: 'SPEC_INVALID' }));
  });
});

describe('commands', () => {
  const host = new SystemdHost();
  const unitOf = (egress: unknown) =>
    renderUnit(commandsUnit(host, specOf(egress), 'openclaw-commands', ['/w'])).split('\n');

  test('reach the proxy and nothing else', () => {
    const lines = unitOf({ allow: ['example.com'] });
    expect(lines).toContain('IPAddressDeny=any');
    expect(lines).toContain('IPAddressAllow=127.0.0.1/32');
    expect(lines.join('\n')).toContain(`HTTPS_PROXY=http://127.0.0.1:${egressPort}`);
    expect(lines.find((line) => line.startsWith('InaccessiblePaths='))).toContain('-/run/systemd/resolve');
  });

  test('are as they were where it is open', () => {
    expect(unitOf('open')).toEqual(unitOf(undefined));
    expect(unitOf('open').join('\n')).not.toMatch(/_PROXY|IPAddressAllow/);
  });

  test('run nowhere where the network cannot be closed for them', () => {
    const spec = specOf({ allow: [] });
    const account = { user: 'x' };
    expect(commandsOf(spec, { kind: 'process', commandsAccount: account })).toMatchObject({ run: 'off' });
    expect(commandsOf(spec, { kind: 'systemd', commandsAccount: { none: 'None.' } })).toEqual({
      run: 'off',
      lack: 'None.',
    });
    expect(commandsOf(specOf({ allow: [] }, 'apart', '2026.9.5'), host)).toMatchObject({ run: 'off' });
  });

  test('have a proxy that is nobody, and has no way to metadata', () => {
    const lines = renderUnit(egressUnit(host, ['example.com'])).split('\n');
    expect(lines).toContain('User=clawharbor-egress');
    expect(lines).toContain('IPAddressDeny=169.254.169.254/32 fd00:ec2::254/128');
    expect(lines.some((line) => line.startsWith('ReadWritePaths='))).toBe(false);
  });
});

describe('the proxy', () => {
  const open: { close(): unknown }[] = [];
  afterEach(() => {
    for (const each of open.splice(0)) each.close();
  });

  async function listen(server: Server): Promise<number> {
    open.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  /** A server outside that says what it heard, and a proxy to it as `a.example.com`. */
  async function start(options: Partial<ProxyOptions> = {}) {
    const outside = await listen(
      createServer((socket) => socket.on('data', (data) => socket.end(`heard ${String(data)}`))),
    );
    const refused: string[] = [];
    const port = await listen(
      egressProxy({
        allowed: ['a.example.com'],
        resolve: async () => ['127.0.0.1'],
        mayBe: () => true,
        ports: [outside],
        refused: (target, why) => refused.push(`${target}: ${why}`),
        ...options,
      }),
    );
    const ask = async (request: string): Promise<string> => {
      const socket: Socket = connect(port, '127.0.0.1');
      socket.write(request);
      return await text(socket);
    };
    const tunnel = (target: string) => ask(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\nhello`);
    return { outside, refused, ask, tunnel };
  }

  test('carries a tunnel to a name of the list', async () => {
    const { outside, tunnel, refused } = await start();
    expect(await tunnel(`a.example.com:${outside}`)).toMatch(/^HTTP\/1\.1 200 [^]*heard hello$/);
    expect(refused).toEqual([]);
  });

  test.each(['b.example.com', '127.0.0.1', '[::1]', '2130706433', 'a.example.com@b.example.com'])(
    'refuses %s, and says so',
    async (host) => {
      const { outside, tunnel, refused } = await start();
      expect(await tunnel(`${host}:${outside}`)).toMatch(/^HTTP\/1\.1 (403|400) /);
      expect(refused).toHaveLength(1);
    },
  );

  test('refuses another port', async () => {
    const { tunnel } = await start();
    expect(await tunnel('a.example.com:22')).toMatch(/^HTTP\/1\.1 403 [^]*only port/);
  });

  test.each([[['169.254.169.254']], [['10.0.0.5']], [['8.8.8.8', '127.0.0.1']], [['::1']]])(
    'refuses a name of the list that stands for %j',
    async (addresses) => {
      const { outside, tunnel } = await start({ mayBe: isPublic, resolve: async () => addresses });
      expect(await tunnel(`a.example.com:${outside}`)).toMatch(/^HTTP\/1\.1 403 [^]*not of the internet/);
    },
  );

  test('refuses what is no tunnel, and logs no path of it', async () => {
    const { ask, refused } = await start();
    const request = 'GET http://a.example.com/secret?key=1 HTTP/1.1\r\nHost: a.example.com\r\n\r\n';
    expect(await ask(request)).toMatch(/^HTTP\/1\.1 403 [^]*only HTTPS/);
    expect(refused).toEqual([expect.not.stringContaining('secret')]);
  });

  test('answers when a name is not known, or nobody listens', async () => {
    const unknown = await start({ resolve: () => Promise.reject(new Error('ENOTFOUND')) });
    expect(await unknown.tunnel(`a.example.com:${unknown.outside}`)).toMatch(/^HTTP\/1\.1 502 /);
    const silent = await start({ ports: [1] });
    expect(await silent.tunnel('a.example.com:1')).toMatch(/^HTTP\/1\.1 502 /);
  });
});
