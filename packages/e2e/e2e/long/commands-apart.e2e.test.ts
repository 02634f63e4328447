import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PodSpecInput } from '@clawharbor/bootstrap/spec';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whyNoContainer } from '../../src/container/index.ts';
import { openDataDirectory } from '../../src/pod/data-dir.ts';
import { readDeployment } from '../../src/pod/deployment.ts';
import { fillArtifactCache } from '../container/artifacts.ts';
import { lastReport, property, untilReady } from '../container/observe.ts';
import { Region } from '../container/region.ts';
import { answersIn, commandProbes, probeScript } from '../support/command-probes.ts';

const reason = await whyNoContainer();
if (reason !== undefined) console.log(`commands-apart.e2e: left out, because ${reason}`);

const state = '/home/openclaw/.openclaw';
const workspace = `${state}/workspace`;
const key = 'sk-ant-marker-of-the-probes';
type Commands = NonNullable<NonNullable<PodSpecInput['agents']>['commands']>;

describe.skipIf(reason !== undefined)(
  `what a command of an agent reaches on an instance${reason === undefined ? '' : ` (left out: ${reason})`}`,
  () => {
    let directory: string;
    let region: Region;

    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'clawharbor-commands-apart-'));
      const data = openDataDirectory(directory);
      const deployment = await readDeployment({ directory: data });
      await fillArtifactCache(directory, deployment);
      region = new Region({
        deployment,
        directory: data,
        secret: { ANTHROPIC_API_KEY: key, OPENAI_API_KEY: 'sk-openai-marker' },
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
    });

    afterAll(async () => {
      await region?.close();
      await rm(directory, { recursive: true, force: true });
    });

    async function converge(commands: Commands): Promise<void> {
      const { spec, instance, deployment } = region;
      await region.deploy({ ...spec, agents: { commands } });
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

    async function reached(): Promise<Record<string, boolean>> {
      const probes = commandProbes({
        gatewayPid: await property(region.instance, 'MainPID'),
        port: region.deployment.gatewayPort,
        version: region.spec.openclaw.version,
        key,
      });
      return answersIn(await command(probeScript(probes)), probes);
    }

    const table = (column: 'before' | 'apart') => {
      const probes = commandProbes({ gatewayPid: '1', port: 1, version: '0', key });
      return Object.fromEntries(probes.map((probe) => [probe.what, probe[column]]));
    };

    it('with the gateway it reaches nearly everything', async () => {
      await converge('with-gateway');
      await region.instance.succeed('sh', [
        '-c',
        `cd ${workspace} && echo "of yesterday" > notes.md && chown 1800:1800 notes.md && chmod 600 notes.md`,
      ]);
      const found = await reached();
      console.table(found);
      expect(found).toEqual(table('before'));
    });

    it('apart it reaches its workspace, and nothing of the instance', async () => {
      await converge('apart');
      const report = await lastReport(region.instance);
      expect(report.conditions).toContainEqual(
        expect.objectContaining({ type: 'CommandsApart', status: 'True' }),
      );
      const found = await reached();
      console.table(found);
      expect(found).toEqual(table('apart'));
      expect(await command('id -u')).toContain('1802');
    });

    it('what was in the workspace is there, for both', async () => {
      expect(await command('cat notes.md && echo of today >> notes.md')).toContain('of yesterday');
      expect(await say('Use read {"path":"notes.md"}')).toContain('of today');
    });

    it('nothing of it outlives its unit', async () => {
      await command('setsid sleep 424242 >/dev/null 2>&1 & echo begun');
      const { instance } = region;
      expect(await instance.succeed('pgrep', ['-f', 'sleep 424242'])).not.toBe('');
      await instance.succeed('systemctl', ['stop', 'openclaw-commands.service']);
      expect((await instance.execute('pgrep', ['-f', 'sleep 424242'])).exitCode).toBe(1);
      expect(await command('id -u')).toContain('requires a connected node');
      await converge('apart');
      expect(await command('id -u')).toContain('1802');
    });

    it('both units have a score that is as good', async () => {
      const { instance } = region;
      for (const unit of ['openclaw', 'openclaw-commands']) {
        const { stdout } = await instance.execute('systemd-analyze', [
          'security',
          '--no-pager',
          `${unit}.service`,
        ]);
        const score = Number(/exposure level for [^:]+: ([\d.]+)/.exec(stdout)?.[1]);
        console.log(`${unit} ${score}`);
        expect(score).toBeLessThanOrEqual(1.5);
      }
    });

    it('an instance that has nothing of it has it again without a person, as a replacement has', async () => {
      await region.instance.succeed('systemctl', ['stop', 'openclaw-commands.service']);
      await region.instance.succeed('sh', [
        '-c',
        'rm -rf /var/lib/openclaw-commands/* /var/lib/clawharbor/commands.json',
      ]);
      await converge('apart');
      expect(await command('id -u')).toContain('1802');
    });
  },
);
