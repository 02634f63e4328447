import { readdir, readlink, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SilentFileSystem, whyNoSilence } from '../../../testing/silent-file-system.ts';
import { property, readyStatus, untilReady } from '../e2e/container/observe.ts';
import {
  agentDatabase,
  onDisk,
  ReplicatedPod,
  stateDirectory,
  stepOf,
} from '../e2e/container/replicated-pod.ts';
import { whyNoContainer } from '../src/container/index.ts';

const reason = (await whyNoContainer()) ?? whyNoSilence;
if (reason !== undefined) console.log(`replicated.faults: left out, because ${reason}`);

const replica = '/var/cache/clawharbor/artifacts/replica';

describe.skipIf(reason !== undefined)('a pod whose databases are on the disk of its instance', () => {
  let pod: ReplicatedPod;
  let silence: SilentFileSystem | undefined;
  let backup: string;
  beforeAll(async () => {
    pod = await ReplicatedPod.deploy();
    await pod.say('Say harbor-1');
  });
  afterEach(async () => {
    await silence?.end();
    silence = undefined;
  });
  afterAll(() => pod?.close());

  /** What the next run says of it. */
  const isReplicated = async (): Promise<string | undefined> =>
    (await pod.run()).conditions.find(({ type }) => type === 'DatabasesReplicated')?.status;

  it('fault (storage): EFS does not answer what replicates the databases for a minute and more → chats go on, a condition says so, and all is there once it answers', async () => {
    await expect.poll(isReplicated, { timeout: 60_000, interval: 1000 }).toBe('True');
    const keeper = await namespaceOf(pod, 'openclaw-replica');
    silence = await SilentFileSystem.mount(replica, keeper);
    // An open file of a mount below goes on: the keeper comes to another one with the next copy, or after a kill.
    const begun = performance.now();
    for (const word of ['harbor-2', 'harbor-3']) await pod.say(`Say ${word}`);
    await expect.poll(isReplicated, { timeout: 180_000, interval: 5000 }).toBe('False');
    console.log(`said after ${Math.round((performance.now() - begun) / 1000)} s`);
    await pod.say('Say harbor-4');
    expect(await readyStatus(pod.region, pod.machine)).toBe(200);
    await silence.end();
    silence = undefined;
    await expect.poll(isReplicated, { timeout: 120_000, interval: 1000 }).toBe('True');
    await pod.say('Say harbor-5');
    await delay(2000);
    await pod.losePower();
    for (const word of ['harbor-1', 'harbor-2', 'harbor-3', 'harbor-4', 'harbor-5'])
      expect(await pod.history()).toContain(`You said: ${word}`);
  });

  it('fault (gateway): an agent is made and removed while it runs → its database is on the disk from the next start, and never comes back once it is gone', async () => {
    await pod.openclaw(
      'agents',
      'add',
      'work',
      '--workspace',
      `${stateDirectory}/workspace-work`,
      '--non-interactive',
    );
    await pod.openclaw('agent', '--agent', 'work', '--message', 'Say at-work', '--json');
    await pod.machine.succeed('systemctl', ['stop', 'openclaw']);
    await pod.run();
    await untilReady(pod.region, pod.machine);
    const database = agentDatabase.replace('main', 'work');
    expect((await pod.machine.execute('ls', [`${onDisk}/${database}`])).exitCode).toBe(0);
    const history = (): Promise<string> =>
      pod.openclaw(
        'gateway',
        'call',
        'chat.history',
        '--json',
        '--params',
        '{"sessionKey":"agent:work:main"}',
      );
    expect(await history()).toContain('You said: at-work');
    const deleted = await pod.openclaw('agents', 'delete', 'work', '--force', '--json');
    // Something is mounted there: the directory goes with the next start.
    const left = (JSON.parse(deleted) as { failed: { path: string }[] }).failed.map(({ path }) => path);
    expect(left).toEqual([`${stateDirectory}/agents/work/agent`]);
    await delay(5000);
    await pod.machine.succeed('systemctl', ['stop', 'openclaw']);
    await pod.machine.succeed('rm', ['-rf', '/var/lib/openclaw/current', '/var/lib/openclaw/epoch']);
    const again = await pod.run();
    expect(again.steps.flatMap(({ error }) => error?.message ?? [])).toEqual([]);
    expect((await pod.machine.execute('ls', [`${onDisk}/${database}`])).exitCode).not.toBe(0);
    expect(await pod.history()).toContain('You said: harbor-5');
  });

  it('goes back to before a mistake with the databases alone, and says first what that takes', async () => {
    await pod.say('Say before-the-mistake');
    await delay(2000);
    const at = new Date().toISOString();
    await delay(1000);
    await pod.say('Say the-mistake');
    await pod.machine.succeed('touch', [`${stateDirectory}/workspace/stays`]);
    const back = (...more: string[]) => pod.clawharbor('restore', '--databases', '--at', at, ...more);
    const planned = await back('--dry-run');
    expect(planned.exitCode, planned.stderr).toBe(0);
    expect(planned.stdout).toMatch(/would be lost: .*transcript_events came after it/);
    expect(await pod.history()).toContain('You said: the-mistake');
    const done = await back();
    expect(done.exitCode, done.stdout + done.stderr).toBe(0);
    await untilReady(pod.region, pod.machine);
    expect(await pod.history()).toContain('You said: before-the-mistake');
    expect(await pod.history()).not.toContain('You said: the-mistake');
    await pod.machine.succeed('ls', [`${stateDirectory}/workspace/stays`]);
    await expect.poll(isReplicated, { timeout: 60_000, interval: 1000 }).toBe('True');
  });

  it('fault (gateway): it has failed for good, and somebody makes a backup → what replicated its databases has ended, and the archive has what was said last', async () => {
    await pod.say('Say harbor-6');
    const dropIn = '/run/systemd/system/openclaw.service.d';
    const fails = `mkdir -p ${dropIn} && printf '[Service]\\nExecStart=\\nExecStart=/bin/sh -c "exit 78"\\n' > ${dropIn}/fails.conf && systemctl daemon-reload && systemctl restart openclaw`;
    await pod.machine.execute('sh', ['-c', fails]);
    await expect.poll(() => property(pod.machine, 'ActiveState'), { timeout: 30_000 }).toBe('failed');
    await expect
      .poll(() => property(pod.machine, 'ActiveState', 'openclaw-replica'), { timeout: 30_000 })
      .toBe('inactive');
    await pod.machine.succeed('sh', ['-c', `rm ${dropIn}/fails.conf && systemctl daemon-reload`]);
    const { exitCode, stdout, stderr } = await pod.clawharbor('backup', 'create');
    expect(exitCode, stdout + stderr).toBe(0);
    backup = /"id":"([^"]+)"/.exec(stdout)![1]!;
    await pod.run();
    await untilReady(pod.region, pod.machine);
    await pod.say('Say after-the-backup');
  });

  it('fault (storage): the replica of a database is torn, and the disk of the instance is lost → no gateway starts with less, and a restore brings the pod back', async () => {
    await pod.machine.succeed('systemctl', ['stop', 'openclaw']);
    await pod.machine.succeed('rm', ['-rf', '/var/lib/openclaw/current', '/var/lib/openclaw/epoch']);
    const names = await readdir(join(pod.region.artifacts, 'replica/epochs'), { recursive: true });
    const torn = names.filter((name) => name.endsWith('/database') && name.includes(agentDatabase));
    expect(torn.length).toBeGreaterThan(0);
    for (const name of torn) await truncate(join(pod.region.artifacts, 'replica/epochs', name), 1000);
    const refused = await pod.run();
    expect(stepOf(refused, 'start-gateway').error).toMatchObject({ code: 'REPLICA_DAMAGED' });
    expect(await property(pod.machine, 'ActiveState')).not.toBe('active');
    const { exitCode, stdout, stderr } = await pod.clawharbor('restore', '--from', backup);
    expect(exitCode, stdout + stderr).toBe(0);
    await untilReady(pod.region, pod.machine);
    const words = await pod.history();
    for (const word of ['harbor-1', 'harbor-5', 'harbor-6']) expect(words).toContain(`You said: ${word}`);
    expect(words).not.toContain('after-the-backup');
    await expect.poll(isReplicated, { timeout: 60_000, interval: 1000 }).toBe('True');
  });
});

/** A process of this machine that has the mounts of a unit. */
async function namespaceOf(pod: ReplicatedPod, unit: string): Promise<number> {
  const inside = await property(pod.machine, 'MainPID', unit);
  const link = await pod.machine.succeed('readlink', [`/proc/${inside}/ns/mnt`]);
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const namespace = await readlink(`/proc/${pid}/ns/mnt`).catch(() => undefined);
    if (namespace === link.trim()) return Number(pid);
  }
  throw new Error(`no process has the mounts of ${unit}`);
}
