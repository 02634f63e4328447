import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '@clawharbor/bootstrap';
import { whyNoContainer, type Execution } from '../../src/container/index.ts';
import { openDataDirectory } from '../../src/pod/data-dir.ts';
import { readDeployment } from '../../src/pod/deployment.ts';
import { fillArtifactCache } from '../container/artifacts.ts';
import { property, readyStatus } from '../container/observe.ts';
import { Region } from '../container/region.ts';
import { breakRelease } from '../support/broken-release.ts';

const reason = await whyNoContainer();
if (reason !== undefined) console.log(`systemd-life.e2e: left out, because ${reason}`);

const [old, next] = ['2026.9.5', '2026.9.6'] as const;
const rehearsed = `rehearse OpenClaw ${next} on a copy of the state`;
const state = '/home/openclaw/.openclaw';

describe.skipIf(reason !== undefined)(
  `the life of an instance with systemd${reason === undefined ? '' : ` (left out: ${reason})`}`,
  () => {
    let directory: string;
    let region: Region;

    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'clawharbor-systemd-life-'));
      const data = openDataDirectory(directory);
      const deployment = await readDeployment({ directory: data });
      for (const version of [old, next]) await fillArtifactCache(directory, deployment, version);
      const secret = { ANTHROPIC_API_KEY: 'sk-ant-marker', OPENAI_API_KEY: 'sk-openai-marker' };
      const databases = 'efs';
      region = new Region({ deployment, directory: data, secret, openclaw: old, databases });
      await region.start();
      await region.group.until(({ instances }) => region.launches.has(instances[0]?.id ?? ''));
      for (const launch of region.launches.values()) {
        const { exitCode, stdout, stderr } = await launch;
        if (exitCode !== 0) throw new Error(`user data failed: ${stdout}${stderr}`);
      }
      // The timer would do it as well, but nobody would know when.
      await region.instance.succeed('systemctl', ['stop', 'clawharbor-bootstrap.timer']);
      expect(await say('Say harbor-1')).toContain('You said: harbor-1');
    });

    afterAll(async () => {
      await region?.close();
      await rm(directory, { recursive: true, force: true });
    });

    /** A run of the bootstrap for a release. @param seconds makes it another spec: what failed is not tried again for the same */
    async function run(
      version: typeof old | typeof next,
      {
        seconds = 120,
        phase = 'all',
      }: { readonly seconds?: number; readonly phase?: 'all' | 'prepare' } = {},
    ): Promise<Report> {
      const { spec, instance, deployment } = region;
      await region.deploy({
        ...spec,
        readyTimeoutSeconds: seconds,
        openclaw: { ...spec.openclaw, version },
      });
      const options = ['--phase', phase, '--watch', '3', '--spec', `ssm:${deployment.specParameter}`];
      const bootstrap = ['/usr/bin/node-24', '/opt/clawharbor/clawharbor-bootstrap.mjs', 'run', ...options];
      await instance.succeed('flock', ['/run/clawharbor-bootstrap.lock', ...bootstrap], {
        timeoutSeconds: 400,
      });
      return JSON.parse(await instance.succeed('cat', ['/var/lib/clawharbor/report.json'])) as Report;
    }

    const openclaw = (...args: string[]) =>
      region.instance.succeed('openclaw', args, { timeoutSeconds: 120 });
    const say = (message: string) => openclaw('agent', '--agent', 'main', '--message', message, '--json');
    const history = () =>
      openclaw('gateway', 'call', 'chat.history', '--json', '--params', '{"sessionKey":"agent:main:main"}');
    const upgradeOf = ({ steps }: Report) => steps.find(({ name }) => name === 'upgrade')!;

    /** What runs is the unit of this release, in its sandbox, on files of its own user, with all that was said. */
    async function expectRunning(version: string): Promise<void> {
      const { instance } = region;
      expect(await readyStatus(region)).toBe(200);
      expect(await property(instance, 'ExecStart')).toContain(`/opt/openclaw/${version}/`);
      expect(await property(instance, 'NRestarts')).toBe('0');
      const pid = await property(instance, 'MainPID');
      expect(await instance.succeed('cat', [`/proc/${pid}/status`])).toMatch(/^Uid:\s+1800\s+1800\s/m);
      expect(await instance.succeed('find', [`${state}/state`, '!', '-uid', '1800'])).toBe('');
      expect(await history()).toContain('You said: harbor-1');
    }

    it('an upgrade that fails on the state is rolled back, program, config and state together', async () => {
      expect((await run(next, { phase: 'prepare' })).outcome).toBe('prepared');
      const host = { layout: { install: join(region.instance.root, 'opt/openclaw') } };
      await breakRelease(host, next, 'refuses its state', 'state');
      const config = await readFile(join(region.state, 'openclaw.json'), 'utf8');
      const report = await run(next);
      console.log(JSON.stringify(report.upgrade));
      expect(report).toMatchObject({ outcome: 'rolled-back', openclaw: old });
      expect(upgradeOf(report).changes).toContain(rehearsed);
      expect(upgradeOf(report).warnings.at(-1)).toMatchObject({
        code: 'GATEWAY_CONFIG_REFUSED',
        message: expect.stringMatching(
          /2026\.9\.6 was rolled back: .*exit code 78.* those of 2026\.9\.5 again/s,
        ),
      });
      expect(report.upgrade).toMatchObject({ from: old, to: next, rollbackDowntimeMs: expect.any(Number) });
      expect(await readFile(join(region.state, 'openclaw.json'), 'utf8')).toBe(config);
      await expectRunning(old);
      await breakRelease(host, next, undefined);
    });

    it('an upgrade that works keeps all that was said, and takes one start of the gateway', async () => {
      const report = await run(next, { seconds: 121 });
      console.log(JSON.stringify(report.upgrade));
      expect(report.steps.flatMap(({ warnings }) => warnings)).toEqual([]);
      expect(report).toMatchObject({ outcome: 'ready', openclaw: next, upgrade: { from: old, to: next } });
      expect(upgradeOf(report).changes).toContain(rehearsed);
      const { downtimeMs, startMs } = report.upgrade!;
      expect(downtimeMs! - startMs!).toBeLessThan(3000);
      await expectRunning(next);
      expect(await say('Say harbor-2')).toContain('You said: harbor-2');
    });

    describe('backups', () => {
      const folder = '/var/cache/clawharbor/artifacts/backups';
      const clawharbor = (...args: string[]) =>
        region.instance.execute('clawharbor-bootstrap', [...args, '--json'], { timeoutSeconds: 300 });
      const said = ({ stdout }: Execution, event: string) =>
        stdout
          .split('\n')
          .filter((line) => line.includes(`"event":"${event}"`))
          .map((line) => JSON.parse(line) as Record<string, unknown>);
      let id: string;

      it('are made beside the running gateway, by its user, and lie where the gateway does not see them', async () => {
        const pid = await property(region.instance, 'MainPID');
        const before = region.requests.length;
        const created = await clawharbor('backup', 'create');
        expect(created.exitCode, created.stderr).toBe(0);
        id = String(said(created, 'backup')[0]?.['id']);
        expect(await region.instance.succeed('stat', ['--format=%a', `${folder}/${id}.tar.gz`])).toBe(
          '600\n',
        );
        const inside = [`--target=${pid}`, '--mount', '--', 'ls', folder];
        expect((await region.instance.execute('nsenter', inside)).exitCode).not.toBe(0);
        expect(await property(region.instance, 'MainPID')).toBe(pid);
        const puts = region.requests.slice(before).filter(({ operation }) => operation === 'PutObject');
        expect(puts.map(({ status }) => status)).toEqual([200, 200]);
        // Nothing is left where the agent could change what root reads.
        expect(await region.instance.succeed('ls', ['/var/cache/openclaw'])).not.toContain('backup');
      });

      it('are tried by a drill without network, while the gateway goes on', async () => {
        const pid = await property(region.instance, 'MainPID');
        const held = await clawharbor('backup', 'drill');
        console.log(`drill: ${held.stdout.trim()}`);
        expect(held.exitCode, held.stderr).toBe(0);
        const [drill] = said(held, 'drill');
        expect(drill).toMatchObject({ id, openclaw: next });
        expect(drill).not.toHaveProperty('error');
        expect(await readyStatus(region)).toBe(200);
        expect(await property(region.instance, 'MainPID')).toBe(pid);
      });

      it('come back from the bucket alone, behind the fence, and the gateway runs on them', async () => {
        await region.instance.succeed('rm', ['-r', folder]);
        const workspace = `${state}/workspace`;
        await region.instance.succeed('install', ['-d', '-m700', '-oopenclaw', '-gopenclaw', workspace]);
        await region.instance.succeed('sh', ['-c', `printf 'came after the backup' > ${workspace}/later.md`]);
        const plan = await clawharbor('restore', '--from', id, '--dry-run');
        expect(plan.stdout).toContain('workspace/later.md was changed after it');
        const restored = await clawharbor('restore', '--from', id);
        console.log(`restore: ${restored.stdout.trim().split('\n').at(-1)?.slice(0, 200)}`);
        expect(restored.exitCode, restored.stderr).toBe(0);
        expect(await readyStatus(region)).toBe(200);
        const modes = await region.instance.succeed('stat', [
          '--format=%a %U',
          `${state}/state`,
          `${state}/state/openclaw.sqlite`,
        ]);
        expect(modes).toBe('700 openclaw\n600 openclaw\n');
        expect(await region.instance.execute('ls', [`${state}/workspace/later.md`])).toMatchObject({
          exitCode: 2,
        });
        const [replaced] = said(await clawharbor('restore', '--list'), 'replaced');
        const kept = `${String(replaced?.['directory'])}/workspace/later.md`;
        expect(await region.instance.succeed('cat', [kept])).toBe('came after the backup');
      });
    });
  },
);
