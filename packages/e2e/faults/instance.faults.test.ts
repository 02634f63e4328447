import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fillArtifactCache } from '../e2e/container/artifacts.ts';
import { bootstrap, property, readyStatus, succeeded, untilReady } from '../e2e/container/observe.ts';
import { killBootstrap } from '../e2e/container/kills.ts';
import { Region } from '../e2e/container/region.ts';
import { whyNoContainer, type Execution } from '../src/container/index.ts';
import { openDataDirectory } from '../src/pod/data-dir.ts';
import { readDeployment } from '../src/pod/deployment.ts';

const reason = await whyNoContainer();
if (reason !== undefined) console.log(`instance.faults: left out, because ${reason}`);

const lateSeconds = Number(process.env['EFS_LATE_SECONDS'] ?? 300);
const state = '/home/openclaw/.openclaw';
const timer = 'clawharbor-bootstrap.timer';
const agent = '/opt/aws/amazon-cloudwatch-agent';
const version = `${agent}/bin/CWAGENT_VERSION`;

describe.skipIf(reason !== undefined)('an instance with systemd and the real gateway', () => {
  let directory: string;
  let region: Region;
  let launched: Execution;
  let seconds: number;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'clawharbor-faults-'));
    const data = openDataDirectory(directory);
    const deployment = await readDeployment({ directory: data });
    await fillArtifactCache(directory, deployment);
    let late = lateSeconds;
    let isFirst = true;
    region = new Region({
      deployment,
      directory: data,
      secret: { ANTHROPIC_API_KEY: 'sk-ant-of-the-test' },
      databases: 'efs',
      // The access points are there, and cannot be reached for a while.
      beforeUserData: async (instance) => {
        if (isFirst)
          await instance.succeed('sh', ['-c', `mkdir -p ${agent}/bin && echo 1.300069.1 > ${version}`]);
        isFirst = false;
        if (late === 0) return;
        await instance.succeed('mount', ['-t', 'tmpfs', 'tmpfs', '/srv/efs']);
        setTimeout(() => void instance.execute('umount', ['/srv/efs']), late * 1000);
        late = 0;
      },
    });
    const start = Date.now();
    await region.start();
    await region.group.until(({ instances }) => region.launches.has(instances[0]?.id ?? ''));
    for (const launch of region.launches.values()) launched = await launch;
    seconds = (Date.now() - start) / 1000;
  });

  afterAll(async () => {
    await region.close();
    await rm(directory, { recursive: true, force: true });
  });

  it('fault (storage): EFS is late by five minutes → the new instance waits for it and comes into service; it is not replaced', async () => {
    expect(launched, launched.stdout + launched.stderr).toMatchObject({ exitCode: 0 });
    console.log(`in service after ${Math.round(seconds)} s, of which EFS was away ${lateSeconds} s`);
    expect(seconds).toBeGreaterThan(lateSeconds);
    expect(launched.stdout).toContain('Tried again for up to 10 minutes');
    expect(region.launches.size).toBe(1);
    expect(region.group.state.instances.map((instance) => instance.state)).toEqual(['InService']);
    expect(await readyStatus(region)).toBe(200);
  });

  it('fault (instance): the log agent of the image is too old to read the journal → the new instance comes into service, and the report says that nothing is shipped and why, also where the agent goes on with what the image had it do; with a newer one the next run ships', async () => {
    const { instance } = region;
    const shipped = async () => {
      const text = await instance.succeed('cat', ['/var/lib/clawharbor/report.json']);
      const { conditions } = reportSchema.parse(JSON.parse(text));
      return conditions.find(({ type }) => type === 'LogsShipped');
    };
    const tooOld = {
      status: 'False',
      message: expect.stringMatching(
        /1\.300070\.0 or later[^]*Additional property journald is not allowed/,
      ) as string,
    };
    expect(await shipped()).toMatchObject(tooOld);
    expect(region.group.state.instances.map(({ state: at }) => at)).toEqual(['InService']);

    await instance.succeed('systemctl', ['stop', timer]);
    const ofTheImage =
      'mkdir -p /run/amazon-cloudwatch-agent && echo {} > /run/amazon-cloudwatch-agent/config.json';
    await instance.succeed('sh', ['-c', ofTheImage]);
    for (const _ of ['the first', 'the next']) {
      await succeeded(bootstrap(instance));
      expect(await shipped()).toMatchObject(tooOld);
    }
    const pid = await property(instance, 'MainPID');
    await instance.succeed('sh', ['-c', `echo 1.300071.0 > ${version}`]);
    await succeeded(bootstrap(instance));
    expect(await shipped()).toMatchObject({ status: 'True' });
    expect(await property(instance, 'MainPID')).toBe(pid);
    await instance.succeed('systemctl', ['start', timer]);
  });

  it('fault (kill): SIGKILL of the bootstrap under systemd, 20 times at random instants of a change → the gateway never notices, and the next run makes the change', async () => {
    await killBootstrap(region, 20);
  });

  it('fault (gateway): an agent is removed while it runs → OpenClaw has a trash for its files, and starts again without it', async () => {
    const { instance } = region;
    const openclaw = (...args: string[]) => instance.succeed('openclaw', args, { timeoutSeconds: 120 });
    await instance.succeed('systemctl', ['stop', timer]);
    await openclaw('agents', 'add', 'work', '--workspace', `${state}/workspace-work`, '--non-interactive');
    await openclaw('agent', '--agent', 'work', '--message', 'Say at-work', '--json');
    const removal = ['agents', 'delete', 'work', '--force', '--json'];
    const removed = await instance.execute('openclaw', removal, { timeoutSeconds: 120 });
    if (removed.exitCode === 0) expect(deletedSchema.parse(JSON.parse(removed.stdout)).failed).toEqual([]);
    // Its client waits for 10 s, which a busy machine takes; the gateway goes on.
    else expect(removed.stdout + removed.stderr).toContain('gateway timeout');
    await expect
      .poll(() => openclaw('agents', 'list', '--json'), { timeout: 120_000, interval: 3000 })
      .not.toContain('workspace-work');
    expect((await instance.succeed('ls', ['-A', '/var/lib/openclaw-trash'])).trim()).not.toBe('');
    const before = await property(instance, 'MainPID');
    // A run that the look has begun for the change may do it first.
    await instance.execute('systemctl', ['restart', 'openclaw']);
    await succeeded(bootstrap(instance));
    await untilReady(region);
    expect(await property(instance, 'MainPID')).not.toBe(before);
    await instance.succeed('systemctl', ['start', timer]);
  });

  it('fault (storage): the file system is gone under a running gateway → the next run mounts it again, and the pod answers with its state', async () => {
    const { instance } = region;
    const config = await readFile(join(region.state, 'openclaw.json'), 'utf8');
    await instance.succeed('systemctl', ['stop', timer]);
    // One that is under way would find it gone in its middle, and leave it to the next.
    await succeeded(bootstrap(instance));
    await instance.succeed('umount', ['--lazy', state]);
    await succeeded(bootstrap(instance));
    await untilReady(region);
    expect(await instance.succeed('cat', [`${state}/openclaw.json`])).toBe(config);
    expect(await readFile(join(region.state, 'openclaw.json'), 'utf8')).toBe(config);
    await instance.succeed('systemctl', ['start', timer]);
  });

  it('fault (instance): Auto Scaling takes away an instance with systemd → its gateway ends before the instance does, and the next one comes into service with the same state', async () => {
    const old = region.group.state.instances[0]!.id;
    const config = await readFile(join(region.state, 'openclaw.json'), 'utf8');
    const start = Date.now();
    await region.group.terminateAndReplace();
    await region.group.until(({ instances }) => instances.every(({ id }) => id !== old));
    console.log(`the instance was gone after ${Math.round((Date.now() - start) / 1000)} s`);
    const completed = region.requests.filter(({ operation }) => operation === 'CompleteLifecycleAction');
    expect(completed.length).toBeGreaterThanOrEqual(2);
    expect(Date.now() - start).toBeLessThan(180_000);
    await region.group.until(({ instances }) => instances.some((each) => each.state === 'InService'));
    console.log(`the next one was in service after ${Math.round((Date.now() - start) / 1000)} s`);
    await untilReady(region);
    expect(await readFile(join(region.state, 'openclaw.json'), 'utf8')).toBe(config);
  });
});

const deletedSchema = z.object({ failed: z.array(z.unknown()) });

const reportSchema = z.object({
  conditions: z.array(z.object({ type: z.string(), status: z.string(), message: z.string() })),
});
