import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PodSpec } from '@clawharbor/bootstrap/spec';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whyNoContainer } from '../../src/container/index.ts';
import { openDataDirectory } from '../../src/pod/data-dir.ts';
import { readDeployment } from '../../src/pod/deployment.ts';
import { fillArtifactCache } from '../container/artifacts.ts';
import { lastReport, untilReady } from '../container/observe.ts';
import { Region } from '../container/region.ts';

const reason = await whyNoContainer();
if (reason !== undefined) console.log(`egress.e2e: left out, because ${reason}`);

const state = '/home/openclaw/.openclaw';
const workspace = `${state}/workspace`;
type Egress = NonNullable<NonNullable<PodSpec['network']>['egress']>;

/** An address of the internet, which is this container's own: it has no way out. */
const outside = '11.22.33.44';
const hosts = `${outside} a.allowed.example other.example\n169.254.169.254 metadata.allowed.example\n127.0.0.1 loopback.allowed.example`;

/** Prints what came of a connection, by the proxy of the environment or straight to the address. */
const attempt = `
import { connect } from 'node:net';
const [how, host] = process.argv.slice(2);
const proxy = process.env.HTTPS_PROXY ? new URL(process.env.HTTPS_PROXY) : undefined;
if (how === 'proxy' && !proxy) { console.log('NO-PROXY'); process.exit(); }
const socket = how === 'proxy' ? connect(proxy.port, proxy.hostname) : connect(443, host);
if (how === 'proxy') socket.write('CONNECT ' + host + ':443 HTTP/1.1\\r\\n\\r\\n');
setTimeout(() => { console.log('ATTEMPT timeout'); process.exit(); }, 8000).unref();
socket.on('data', (data) => console.log('ATTEMPT ' + String(data).replace(/\\s+/g, ' ')));
socket.on('error', ({ code }) => console.log('ATTEMPT ' + code));
`;

describe.skipIf(reason !== undefined)(
  `what a command of an agent reaches of the network${reason === undefined ? '' : ` (left out: ${reason})`}`,
  () => {
    let directory: string;
    let region: Region;

    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'clawharbor-egress-'));
      const data = openDataDirectory(directory);
      const deployment = await readDeployment({ directory: data });
      await fillArtifactCache(directory, deployment);
      region = new Region({
        deployment,
        directory: data,
        secret: { ANTHROPIC_API_KEY: 'sk-ant-marker' },
      });
      await region.start();
      await region.group.until(({ instances }) => region.launches.has(instances[0]?.id ?? ''));
      for (const launch of region.launches.values()) {
        const { exitCode, stdout, stderr } = await launch;
        if (exitCode !== 0) throw new Error(`user data failed: ${stdout}${stderr}`);
      }
      // Runs are these tests' own.
      const others = ['clawharbor-bootstrap.timer', 'clawharbor-config.path'];
      await region.instance.succeed('systemctl', ['stop', ...others]);
      const listen = `require('net').createServer((s) => s.end('answer-of-outside')).listen(443, '${outside}')`;
      const { instance } = region;
      await instance.succeed('ip', ['address', 'add', `${outside}/32`, 'dev', 'lo']);
      await instance.succeed('systemd-run', ['--unit=outside', '/usr/bin/node-24', '-e', listen]);
      await instance.succeed('sh', ['-c', `printf '%s\\n' "$1" >> /etc/hosts`, 'sh', hosts]);
      const place = `printf '%s' "$1" > ${workspace}/attempt.mjs && chmod 644 ${workspace}/attempt.mjs`;
      await instance.succeed('sh', ['-c', place, 'sh', attempt]);
    });

    afterAll(async () => {
      await region?.close();
      await rm(directory, { recursive: true, force: true });
    });

    async function converge(egress: Egress): Promise<void> {
      const { spec, instance, deployment } = region;
      await region.deploy({ ...spec, agents: { commands: 'apart' }, network: { egress } });
      const bootstrap = ['/usr/bin/node-24', '/opt/clawharbor/clawharbor-bootstrap.mjs', 'run'];
      const run = [...bootstrap, '--spec', `ssm:${deployment.specParameter}`];
      await instance.succeed('flock', ['/run/clawharbor-bootstrap.lock', ...run], { timeoutSeconds: 400 });
      await untilReady(region);
    }

    const say = (message: string) =>
      region.instance.succeed('openclaw', ['agent', '--agent', 'main', '--message', message, '--json'], {
        timeoutSeconds: 300,
      });
    const command = (text: string) => say(`Use exec ${JSON.stringify({ command: text, yieldMs: 200_000 })}`);

    const reach = (how: 'proxy' | 'straight', host: string) =>
      command(`/usr/bin/node-24 ${workspace}/attempt.mjs ${how} ${host}`);

    it('open, it reaches what is outside, and there is no proxy', async () => {
      await converge('open');
      expect(await reach('straight', outside)).toContain('ATTEMPT answer-of-outside');
      expect(await reach('proxy', 'a.allowed.example')).toContain('NO-PROXY');
    });

    it('with names, it reaches those by the proxy and nothing straight', async () => {
      await converge({ allow: ['*.allowed.example'] });
      const { conditions } = await lastReport(region.instance);
      expect(conditions).toContainEqual(
        expect.objectContaining({
          type: 'CommandsApart',
          status: 'True',
          message: expect.stringContaining('1 names'),
        }),
      );
      expect(await reach('proxy', 'a.allowed.example')).toMatch(
        /ATTEMPT HTTP\/1\.1 200 [^]*answer-of-outside/,
      );
      expect(await reach('proxy', 'other.example')).toContain('ATTEMPT HTTP/1.1 403');
      for (const inside of ['metadata', 'loopback'])
        expect(await reach('proxy', `${inside}.allowed.example`)).toContain('not of the internet');
      for (const address of [outside, '127.0.0.53', '169.254.169.254'])
        expect(await reach('straight', address)).not.toContain('answer-of-outside');
    });

    it('without the proxy it reaches nothing', async () => {
      await region.instance.succeed('systemctl', ['stop', 'clawharbor-egress.service']);
      expect(await reach('proxy', 'a.allowed.example')).toContain('ATTEMPT ECONNREFUSED');
      expect(await reach('straight', outside)).not.toContain('answer-of-outside');
    });

    it('open again, the proxy is gone', async () => {
      await converge('open');
      expect(await reach('straight', outside)).toContain('ATTEMPT answer-of-outside');
      const { stdout } = await region.instance.execute('systemctl', [
        'is-active',
        'clawharbor-egress.service',
      ]);
      expect(stdout.trim()).toBe('inactive');
    });
  },
);
