import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fillArtifactCache } from '../e2e/container/artifacts.ts';
import { lastReport, property } from '../e2e/container/observe.ts';
import { Region } from '../e2e/container/region.ts';
import { whyNoContainer } from '../src/container/index.ts';
import { openDataDirectory } from '../src/pod/data-dir.ts';
import { readDeployment, type Deployment } from '../src/pod/deployment.ts';

const reason = await whyNoContainer();
if (reason !== undefined) console.log(`plugin-of-an-instance.faults: left out, because ${reason}`);

const state = '/home/openclaw/.openclaw';

/** A pod with a channel whose plugin is a package of its own. Nobody at Discord knows its token. */
function withChannel(deployment: Deployment): Deployment {
  const { openclaw } = deployment.spec;
  const config = {
    ...openclaw.config,
    channels: { discord: { enabled: true, token: 'no-token-of-discord' } },
  };
  return { ...deployment, spec: { ...deployment.spec, openclaw: { ...openclaw, config } } };
}

describe.skipIf(reason !== undefined)('an instance whose channel needs a plugin', () => {
  let directory: string;
  let region: Region;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'clawharbor-plugin-'));
    const data = openDataDirectory(directory);
    const deployment = withChannel(await readDeployment({ directory: data }));
    await fillArtifactCache(directory, deployment);
    const secret = { ANTHROPIC_API_KEY: 'sk-ant-of-the-test' };
    region = new Region({ deployment, directory: data, secret });
    await region.start();
    await region.group.until(({ instances }) => region.launches.has(instances[0]?.id ?? ''));
    for (const launch of region.launches.values()) await launch;
  });

  afterAll(async () => {
    await region.close();
    await rm(directory, { recursive: true, force: true });
  });

  it('fault (release): there is no registry, and the plugin of a channel is in the artifacts → the hardened unit has it, read-only, and the channel starts', async () => {
    const { instance } = region;
    const folder = 'npm/projects/openclaw-discord-c0892df945';
    const answer = await instance.succeed('openclaw', ['health', '--json']);
    const { plugins } = pluginsSchema.parse(JSON.parse(answer.slice(answer.indexOf('{'))));
    expect(plugins.loaded).toContain('discord');
    const pid = await property(instance, 'MainPID');
    const touch = [`--target=${pid}`, '--mount', '--', 'touch', `${state}/${folder}/package.json`];
    expect((await instance.execute('nsenter', touch)).stderr).toMatch(/Read-only file system/);
    // Nothing of it lies on the file system of the state.
    expect(await readdir(join(region.state, folder))).toEqual([]);
    const journal = await instance.succeed('journalctl', ['--no-pager', '--unit=openclaw.service']);
    expect(journal).toContain('"subsystem":"channels/discord","message":"[default] starting provider"');
    expect(journal).not.toContain('only available for trusted plugins');
    const { conditions } = await lastReport(instance);
    expect(conditions).toContainEqual({ type: 'PluginsInstalled', status: 'True' });
  });
});

const pluginsSchema = z.object({ plugins: z.object({ loaded: z.array(z.string()) }) });
