import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillArtifactCache } from '../e2e/container/artifacts.ts';
import { lastReport, untilReady } from '../e2e/container/observe.ts';
import { Region } from '../e2e/container/region.ts';
import { whyNoContainer } from '../src/container/index.ts';
import { openDataDirectory } from '../src/pod/data-dir.ts';
import { readDeployment } from '../src/pod/deployment.ts';

const reason = await whyNoContainer();
if (reason !== undefined) console.log(`held-launch.faults: left out, because ${reason}`);

describe.skipIf(reason !== undefined)('the launch of an instance with systemd and the real gateway', () => {
  let directory: string;
  let region: Region;
  let config: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'clawharbor-faults-'));
    const data = openDataDirectory(directory);
    const deployment = await readDeployment({ directory: data });
    await fillArtifactCache(directory, deployment);
    region = new Region({
      deployment,
      directory: data,
      secret: { ANTHROPIC_API_KEY: 'sk-ant-of-the-test' },
      databases: 'efs',
      // What somebody has left on the file system, which never was good.
      beforeUserData: () => writeFile(config, JSON.stringify({ messages: 7 })),
    });
    config = join(region.state, 'openclaw.json');
    await region.start();
    await region.group.until(({ instances }) => region.launches.has(instances[0]?.id ?? ''));
  });

  afterAll(async () => {
    await region.close();
    await rm(directory, { recursive: true, force: true });
  });

  const beats = () =>
    region.requests.filter(({ operation }) => operation === 'RecordLifecycleActionHeartbeat').length;

  it('fault (instance): a new instance finds a config that OpenClaw does not take, and no good one → it stays in Pending:Wait, the runs of its timer keep Auto Scaling waiting, and once somebody has mended the file it comes into service', async () => {
    const id = region.group.state.instances[0]!.id;
    const launched = await region.launches.get(id);
    expect(launched).toMatchObject({ exitCode: 1 });
    expect(`${launched?.stdout}${launched?.stderr}`).toMatch(/CONFIG_REJECTED[^]*The launch is held until/);
    expect(region.group.state.instances).toMatchObject([{ id, state: 'Pending:Wait' }]);
    const { conditions } = await lastReport(region.instance);
    expect(conditions).toContainEqual(expect.objectContaining({ type: 'LaunchCompleted', status: 'False' }));

    const before = beats();
    await expect.poll(beats, { timeout: 300_000, interval: 1000 }).toBeGreaterThan(before + 2);
    expect(region.group.state.instances).toMatchObject([{ id, state: 'Pending:Wait' }]);

    await region.instance.succeed('sh', ['-c', 'echo "{}" > /home/openclaw/.openclaw/openclaw.json']);
    await region.group.until(({ instances }) => instances.some(({ state }) => state === 'InService'));
    expect(region.group.state.instances).toMatchObject([{ id }]);
    expect(region.launches.size).toBe(1);
    await untilReady(region);
  });
});
