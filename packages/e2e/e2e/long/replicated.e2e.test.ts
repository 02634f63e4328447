import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whyNoContainer } from '../../src/container/index.ts';
import { property, readyStatus, untilReady } from '../container/observe.ts';
import { agentDatabase, onDisk, ReplicatedPod, stateDirectory, stepOf } from '../container/replicated-pod.ts';
import { breakRelease } from '../support/broken-release.ts';

const reason = await whyNoContainer();
if (reason !== undefined) console.log(`replicated.e2e: left out, because ${reason}`);

const [old, next] = ['2026.9.5', '2026.9.6'] as const;

describe.skipIf(reason !== undefined)(
  `a pod whose databases are on the disk of its instance${reason === undefined ? '' : ` (left out: ${reason})`}`,
  () => {
    let pod: ReplicatedPod;
    beforeAll(async () => {
      pod = await ReplicatedPod.deploy({ releases: [old, next] });
      await pod.say('Say harbor-1');
    });
    afterAll(() => pod?.close());

    it('has them there, in WAL mode, with a replica; its tools and its agent see them where OpenClaw has them', async () => {
      const instance = pod.machine;
      console.log(
        (await pod.report()).steps.map(({ name, durationMs }) => `${name} ${durationMs}`).join(', '),
      );
      expect(stepOf(await pod.report(), 'start-gateway').changes).toContain(
        'databases on the local disk, from the file system',
      );
      // Byte 18 of the header: https://www.sqlite.org/fileformat2.html#file_format_version_numbers
      const mode = await instance.succeed('od', ['-An', '-tu1', '-j18', '-N1', `${onDisk}/${agentDatabase}`]);
      expect(mode.trim()).toBe('2');
      expect((await instance.execute('ls', [`${stateDirectory}/${agentDatabase}`])).exitCode).toBe(2);
      const pid = await property(instance, 'MainPID');
      const inside = (file: string) =>
        instance.succeed('nsenter', [`--target=${pid}`, '--mount', '--', 'stat', '--format=%d %i', file]);
      expect(await inside(`${stateDirectory}/${agentDatabase}`)).toBe(
        await instance.succeed('stat', ['--format=%d %i', `${onDisk}/${agentDatabase}`]),
      );
      expect(await property(instance, 'ActiveState', 'openclaw-replica')).toBe('active');
      expect(await pod.history()).toContain('You said: harbor-1');
      const again = await pod.run();
      expect(again.steps.flatMap(({ error }) => error?.message ?? [])).toEqual([]);
      expect(stepOf(again, 'start-gateway')).toMatchObject({ changes: [], warnings: [] });
      await expect
        .poll(
          async () => (await pod.run()).conditions.find(({ type }) => type === 'DatabasesReplicated')?.status,
          { timeout: 60_000, interval: 1000 },
        )
        .toBe('True');
      expect(await property(instance, 'MainPID')).toBe(pid);
    });

    it('fault (gateway): it is killed, and so is what replicates its databases → both come back, with all that was said', async () => {
      const instance = pod.machine;
      await pod.say('Say harbor-2');
      await instance.succeed('systemctl', ['kill', '--signal=SIGKILL', 'openclaw-replica.service']);
      await instance.succeed('systemctl', ['kill', '--signal=SIGKILL', 'openclaw.service']);
      await delay(1000);
      await untilReady(pod.region, pod.machine);
      expect(await property(instance, 'ActiveState', 'openclaw-replica')).toBe('active');
      expect(await pod.history()).toContain('You said: harbor-2');
    });

    it('fault (instance): it is replaced → the next one has every word, from the replica', async () => {
      await pod.say('Say harbor-3');
      await pod.replace();
      const { changes, warnings } = stepOf(await pod.report(), 'start-gateway');
      expect(changes).toContain('databases on the local disk, from their replica');
      expect(warnings).toEqual([]);
      console.log(
        (await pod.report()).steps.map(({ name, durationMs }) => `${name} ${durationMs}`).join(', '),
      );
      for (const word of ['harbor-1', 'harbor-2', 'harbor-3'])
        expect(await pod.history()).toContain(`You said: ${word}`);
    });

    it('fault (instance): its power fails two seconds after a word, and its disk is lost → the next one has that word', async () => {
      await pod.say('Say harbor-4');
      await delay(2000);
      await pod.losePower();
      expect(stepOf(await pod.report(), 'start-gateway').warnings).toEqual([]);
      expect(await pod.history()).toContain('You said: harbor-4');
    });

    it('an upgrade that fails on the state is rolled back with them', async () => {
      const to = { openclaw: { ...pod.region.spec.openclaw, version: next } };
      expect((await pod.run(to, ['--phase', 'prepare'])).outcome).toBe('prepared');
      const host = { layout: { install: join(pod.machine.root, 'opt/openclaw') } };
      await breakRelease(host, next, 'refuses its state', 'state');
      const failed = await pod.run(to);
      expect(failed).toMatchObject({ outcome: 'rolled-back', openclaw: old });
      expect(stepOf(failed, 'upgrade').warnings.at(-1)?.message).toContain('was rolled back');
      expect(await pod.history()).toContain('You said: harbor-4');
      await breakRelease(host, next, undefined);
    });

    it('an upgrade that works keeps all that was said in them', async () => {
      const to = { ...pod.region.spec.openclaw, version: next };
      // Another spec: what failed is not tried again for the same.
      const upgraded = await pod.run({ openclaw: to, readyTimeoutSeconds: 301 });
      expect(upgraded.steps.flatMap(({ error }) => error?.message ?? [])).toEqual([]);
      expect(upgraded).toMatchObject({ outcome: 'ready', openclaw: next, upgrade: { from: old, to: next } });
      console.log(JSON.stringify(upgraded.upgrade));
      expect(await pod.history()).toContain('You said: harbor-4');
      await pod.say('Say harbor-5');
      expect(await property(pod.machine, 'ActiveState', 'openclaw-replica')).toBe('active');
    });

    it('are in a backup that is made beside the running gateway, and come back from it', async () => {
      const created = await pod.clawharbor('backup', 'create');
      expect(created.exitCode, created.stderr).toBe(0);
      const id = /"id":"([^"]+)"/.exec(created.stdout)![1]!;
      await pod.say('Say after-the-backup');
      const restored = await pod.clawharbor('restore', '--from', id);
      expect(restored.exitCode, restored.stdout + restored.stderr).toBe(0);
      expect(await readyStatus(pod.region, pod.machine)).toBe(200);
      const words = await pod.history();
      expect(words).toContain('You said: harbor-5');
      expect(words).not.toContain('after-the-backup');
    });

    it('come back to the file system where the spec wants them there', async () => {
      const fileSystem = { ...pod.region.spec.fileSystem!, databases: 'efs' as const };
      const folded = await pod.run({ fileSystem, openclaw: { ...pod.region.spec.openclaw, version: next } });
      expect(folded.steps.flatMap(({ error }) => error?.message ?? [])).toEqual([]);
      expect(stepOf(folded, 'start-gateway').changes).toContain('databases in the state directory');
      expect(await pod.history()).toContain('You said: harbor-5');
      await pod.say('Say on-the-file-system');
      expect((await readFile(join(pod.region.state, agentDatabase))).length).toBeGreaterThan(4096);
      expect(await property(pod.machine, 'ActiveState', 'openclaw-replica')).toBe('inactive');
    });
  },
);
