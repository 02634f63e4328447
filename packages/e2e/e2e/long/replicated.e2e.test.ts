import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '@clawharbor/bootstrap';
import { runUserData, whyNoContainer, type SystemdContainer } from '../../src/container/index.ts';
import { openDataDirectory } from '../../src/pod/data-dir.ts';
import { readDeployment } from '../../src/pod/deployment.ts';
import { artifacts, fillArtifactCache } from '../container/artifacts.ts';
import { property, readyStatus, untilReady } from '../container/observe.ts';
import { Region } from '../container/region.ts';
import { breakRelease } from '../support/broken-release.ts';

const reason = await whyNoContainer();
if (reason !== undefined) console.log(`replicated.e2e: left out, because ${reason}`);

const [old, next] = ['2026.9.5', '2026.9.6'] as const;
const state = '/home/openclaw/.openclaw';
const agent = 'agents/main/agent/openclaw-agent.sqlite';
const disk = '/var/lib/openclaw/current';

describe.skipIf(reason !== undefined)(
  `a pod whose databases are on the disk of its instance${reason === undefined ? '' : ` (left out: ${reason})`}`,
  () => {
    let directory: string;
    let region: Region;
    let machine: SystemdContainer;

    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'clawharbor-replicated-'));
      const data = openDataDirectory(directory);
      const deployment = await readDeployment({ directory: data });
      for (const version of [old, next]) await fillArtifactCache(directory, deployment, version);
      const secret = { ANTHROPIC_API_KEY: 'sk-ant-marker', OPENAI_API_KEY: 'sk-openai-marker' };
      const databases = 'replicated';
      region = new Region({ deployment, directory: data, artifacts, secret, openclaw: old, databases });
      await region.start();
      await launched();
      await say('Say harbor-1');
    });

    afterAll(async () => {
      await region?.close();
      await rm(directory, { recursive: true, force: true });
    });

    /** The newest instance, once it is in service. */
    async function launched(): Promise<void> {
      await region.group.until(({ instances }) => region.launches.has(instances.at(-1)?.id ?? ''));
      for (const launch of region.launches.values()) {
        const { exitCode, stdout, stderr } = await launch;
        if (exitCode !== 0) throw new Error(`user data failed: ${stdout}${stderr}`);
      }
      await use(region.instance);
    }

    /** The timer would do it as well, but nobody would know when. */
    async function use(instance: SystemdContainer): Promise<void> {
      machine = instance;
      await machine.succeed('systemctl', ['stop', 'clawharbor-bootstrap.timer']);
    }

    async function run(
      changes: Partial<typeof region.spec> = {},
      more: readonly string[] = [],
    ): Promise<Report> {
      const { spec, deployment } = region;
      // Each run starts the timer again, whose run would be the one that sees the change.
      await machine.succeed('systemctl', ['stop', 'clawharbor-bootstrap.timer']);
      await region.deploy({ ...spec, ...changes });
      const options = ['--watch', '3', '--spec', `ssm:${deployment.specParameter}`, ...more];
      const bootstrap = ['/usr/bin/node-24', '/opt/clawharbor/clawharbor-bootstrap.mjs', 'run', ...options];
      await machine.execute('flock', ['/run/clawharbor-bootstrap.lock', ...bootstrap], {
        timeoutSeconds: 400,
      });
      return JSON.parse(await machine.succeed('cat', ['/var/lib/clawharbor/report.json'])) as Report;
    }

    const openclaw = (...args: string[]) => machine.succeed('openclaw', args, { timeoutSeconds: 120 });
    const say = async (message: string) => {
      const said = await openclaw('agent', '--agent', 'main', '--message', message, '--json');
      expect(said).toContain(message.replace('Say ', 'You said: '));
    };
    const history = () =>
      openclaw('gateway', 'call', 'chat.history', '--json', '--params', '{"sessionKey":"agent:main:main"}');
    const stepOf = ({ steps }: Report, name: string) => steps.find((step) => step.name === name)!;
    const report = async () =>
      JSON.parse(await machine.succeed('cat', ['/var/lib/clawharbor/report.json'])) as Report;

    it('has them there, in WAL mode, with a replica; its tools and its agent see them where OpenClaw has them', async () => {
      const instance = machine;
      console.log((await report()).steps.map(({ name, durationMs }) => `${name} ${durationMs}`).join(', '));
      expect(stepOf(await report(), 'start-gateway').changes).toContain(
        'databases on the local disk, from the file system',
      );
      // Byte 18 of the header: https://www.sqlite.org/fileformat2.html#file_format_version_numbers
      const mode = await instance.succeed('od', ['-An', '-tu1', '-j18', '-N1', `${disk}/${agent}`]);
      expect(mode.trim()).toBe('2');
      expect((await instance.execute('ls', [`${state}/${agent}`])).exitCode).toBe(2);
      const pid = await property(instance, 'MainPID');
      const inside = (file: string) =>
        instance.succeed('nsenter', [`--target=${pid}`, '--mount', '--', 'stat', '--format=%d %i', file]);
      expect(await inside(`${state}/${agent}`)).toBe(
        await instance.succeed('stat', ['--format=%d %i', `${disk}/${agent}`]),
      );
      expect(await property(instance, 'ActiveState', 'openclaw-replica')).toBe('active');
      expect(await history()).toContain('You said: harbor-1');
      const again = await run();
      expect(again.steps.flatMap(({ error }) => error?.message ?? [])).toEqual([]);
      expect(stepOf(again, 'start-gateway')).toMatchObject({ changes: [], warnings: [] });
      await expect
        .poll(
          async () => (await run()).conditions.find(({ type }) => type === 'DatabasesReplicated')?.status,
          { timeout: 60_000, interval: 1000 },
        )
        .toBe('True');
      expect(await property(instance, 'MainPID')).toBe(pid);
    });

    it('fault (gateway): it is killed, and so is what replicates its databases → both come back, with all that was said', async () => {
      const instance = machine;
      await say('Say harbor-2');
      await instance.succeed('systemctl', ['kill', '--signal=SIGKILL', 'openclaw-replica.service']);
      await instance.succeed('systemctl', ['kill', '--signal=SIGKILL', 'openclaw.service']);
      await delay(1000);
      await untilReady(region, machine);
      expect(await property(instance, 'ActiveState', 'openclaw-replica')).toBe('active');
      expect(await history()).toContain('You said: harbor-2');
    });

    it('fault (instance): it is replaced → the next one has every word, from the replica', async () => {
      await say('Say harbor-3');
      await region.group.terminateAndReplace();
      await launched();
      const { changes, warnings } = stepOf(await report(), 'start-gateway');
      expect(changes).toContain('databases on the local disk, from their replica');
      expect(warnings).toEqual([]);
      console.log((await report()).steps.map(({ name, durationMs }) => `${name} ${durationMs}`).join(', '));
      for (const word of ['harbor-1', 'harbor-2', 'harbor-3'])
        expect(await history()).toContain(`You said: ${word}`);
    });

    it('fault (instance): its power fails two seconds after a word, and its disk is lost → the next one has that word', async () => {
      await say('Say harbor-4');
      await delay(2000);
      await machine.powerCut();
      // What Auto Scaling would launch, without the eight minutes for which it waits for a machine that says nothing any more.
      const another = await region.createInstance('i-0second0000000');
      await another.boot();
      const { exitCode, stdout, stderr } = await runUserData(another);
      expect(exitCode, stdout + stderr).toBe(0);
      await use(another);
      expect(stepOf(await report(), 'start-gateway').warnings).toEqual([]);
      expect(await history()).toContain('You said: harbor-4');
    });

    it('an upgrade that fails on the state is rolled back with them', async () => {
      const to = { openclaw: { ...region.spec.openclaw, version: next } };
      expect((await run(to, ['--phase', 'prepare'])).outcome).toBe('prepared');
      const host = { layout: { install: join(machine.root, 'opt/openclaw') } };
      await breakRelease(host, next, 'refuses its state', 'state');
      const failed = await run(to);
      expect(failed).toMatchObject({ outcome: 'rolled-back', openclaw: old });
      expect(stepOf(failed, 'upgrade').warnings.at(-1)?.message).toContain('was rolled back');
      expect(await history()).toContain('You said: harbor-4');
      await breakRelease(host, next, undefined);
    });

    it('an upgrade that works keeps all that was said in them', async () => {
      const to = { ...region.spec.openclaw, version: next };
      // Another spec: what failed is not tried again for the same.
      const upgraded = await run({ openclaw: to, readyTimeoutSeconds: 301 });
      expect(upgraded.steps.flatMap(({ error }) => error?.message ?? [])).toEqual([]);
      expect(upgraded).toMatchObject({ outcome: 'ready', openclaw: next, upgrade: { from: old, to: next } });
      console.log(JSON.stringify(upgraded.upgrade));
      expect(await history()).toContain('You said: harbor-4');
      await say('Say harbor-5');
      expect(await property(machine, 'ActiveState', 'openclaw-replica')).toBe('active');
    });

    it('are in a backup that is made beside the running gateway, and come back from it', async () => {
      const clawharbor = (...args: string[]) =>
        machine.execute('clawharbor-bootstrap', [...args, '--json'], { timeoutSeconds: 300 });
      const created = await clawharbor('backup', 'create');
      expect(created.exitCode, created.stderr).toBe(0);
      const id = /"id":"([^"]+)"/.exec(created.stdout)![1]!;
      await say('Say after-the-backup');
      const restored = await clawharbor('restore', '--from', id);
      expect(restored.exitCode, restored.stdout + restored.stderr).toBe(0);
      expect(await readyStatus(region, machine)).toBe(200);
      const words = await history();
      expect(words).toContain('You said: harbor-5');
      expect(words).not.toContain('after-the-backup');
    });

    it('come back to the file system where the spec wants them there', async () => {
      const fileSystem = { ...region.spec.fileSystem!, databases: 'efs' as const };
      const folded = await run({ fileSystem, openclaw: { ...region.spec.openclaw, version: next } });
      expect(folded.steps.flatMap(({ error }) => error?.message ?? [])).toEqual([]);
      expect(stepOf(folded, 'start-gateway').changes).toContain('databases in the state directory');
      expect(await history()).toContain('You said: harbor-5');
      await say('Say on-the-file-system');
      expect((await readFile(join(region.state, agent))).length).toBeGreaterThan(4096);
      expect(await property(machine, 'ActiveState', 'openclaw-replica')).toBe('inactive');
    });
  },
);
