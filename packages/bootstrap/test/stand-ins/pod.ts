import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProcessHost } from '../../src/host/process/process-host.ts';
import { ArtifactCache, artifactName } from '../../src/install/artifact-cache.ts';
import { lockfiles } from '../../src/install/lockfiles.ts';
import { parsePodSpec } from '../../src/spec/parse.ts';
import type { PodSpec, PodSpecInput } from '../../src/spec/pod-spec.ts';

// Nothing here may end up at a registry, even when an artifact is missing.
process.env['npm_config_offline'] = 'true';

export interface TestPod {
  readonly directory: string;
  readonly host: ProcessHost;
  spec(changes?: Partial<PodSpecInput>, config?: Record<string, unknown>): PodSpec;
  readConfig(): Promise<Record<string, unknown>>;
  writeConfig(text: string): Promise<void>;
  /** Another instance with the same durable state. */
  replace(): ProcessHost;
  close(): Promise<void>;
}

/** A pod in a temporary directory whose artifact cache holds the stand-in gateway: nothing is downloaded. */
export async function makePod(): Promise<TestPod> {
  const directory = await mkdtemp(join(tmpdir(), 'clawharbor-'));
  const port = await freePort();
  const hosts: ProcessHost[] = [];
  const open = (): ProcessHost => {
    const host = new ProcessHost({
      root: join(directory, `instance-${hosts.length}`),
      state: join(directory, 'state'),
      artifacts: join(directory, 'artifacts'),
    });
    hosts.push(host);
    return host;
  };
  await storeStandIn(directory);
  const host = open();
  const file = join(host.layout.state, 'openclaw.json');
  return {
    directory,
    host,
    spec: (changes = {}, config = {}) =>
      parsePodSpec(
        {
          apiVersion: 'clawharbor/v1',
          name: 'test',
          region: 'eu-central-1',
          readyTimeoutSeconds: 20,
          ...changes,
          openclaw: { version: '2026.9.6', config: { gateway: { mode: 'local', port }, ...config } },
        },
        'the test',
      ),
    readConfig: async () => JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>,
    writeConfig: async (text) => {
      await mkdir(host.layout.state, { recursive: true });
      await writeFile(file, text);
    },
    replace: open,
    close: async () => {
      for (const each of hosts) await each.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function storeStandIn(directory: string): Promise<void> {
  const tree = join(directory, 'tree');
  await mkdir(join(tree, 'node_modules/openclaw'), { recursive: true });
  await copyFile(new URL('openclaw.mjs', import.meta.url), join(tree, 'node_modules/openclaw/openclaw.mjs'));
  await new ArtifactCache(join(directory, 'artifacts')).store(artifactOfThisMachine(), tree);
}

export function artifactOfThisMachine(): string {
  return artifactName({
    version: '2026.9.6',
    platform: process.platform,
    arch: process.arch,
    nodeMajor: Number(process.versions.node.split('.')[0]),
    lockfile: JSON.stringify(lockfiles['2026.9.6'].lockfile),
  });
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
