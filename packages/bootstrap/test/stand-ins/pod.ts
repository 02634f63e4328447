import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDocument } from '@clawharbor/config-merge';
import { ProcessHost } from '../../src/host/process/process-host.ts';
import { ArtifactCache, artifactName } from '../../src/install/artifact-cache.ts';
import { lockfiles } from '../../src/install/lockfiles.ts';
import type { OpenClawVersion } from '../../src/openclaw-release.ts';
import { parsePodSpec } from '../../src/spec/parse.ts';
import type { PodSpec, PodSpecInput } from '../../src/spec/pod-spec.ts';

// Nothing here may end up at a registry, even when an artifact is missing.
process.env['npm_config_offline'] = 'true';
// Nor find what somebody on this machine has once downloaded.
process.env['npm_config_cache'] = join(tmpdir(), 'clawharbor-empty-npm-cache');

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
      logs: join(directory, 'logs'),
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
          // The stand-in has no model.
          smokeTest: false,
          ...changes,
          openclaw: { version: '2026.9.6', config: { gateway: { mode: 'local', port }, ...config } },
        },
        'the test',
      ),
    readConfig: async () => ({ ...parseDocument(await readFile(file, 'utf8'), { lenient: true }) }),
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

const programs = [
  'openclaw.mjs',
  'backup.mjs',
  'config-mutation.mjs',
  'gateway-methods.mjs',
  'gateway-runtime.mjs',
];

/** @param schemas what it makes of databases; absent: it leaves them alone */
export async function storeStandIn(
  directory: string,
  version: OpenClawVersion = '2026.9.6',
  schemas?: { readonly state: number; readonly agent: number },
): Promise<void> {
  const tree = join(directory, `tree-${version}`);
  await mkdir(join(tree, 'node_modules/openclaw'), { recursive: true });
  const openclaw = join(tree, 'node_modules/openclaw');
  for (const file of programs) await copyFile(new URL(file, import.meta.url), join(openclaw, file));
  const entry = {
    './plugin-sdk/config-mutation': './config-mutation.mjs',
    './plugin-sdk/gateway-runtime': './gateway-runtime.mjs',
  };
  await writeFile(
    join(openclaw, 'package.json'),
    JSON.stringify({ name: 'openclaw', version, exports: entry }),
  );
  if (schemas) await writeFile(join(openclaw, 'schemas.json'), JSON.stringify(schemas));
  await new ArtifactCache(join(directory, 'artifacts')).store(artifactOfThisMachine(version), tree);
}

export function artifactOfThisMachine(version: OpenClawVersion = '2026.9.6'): string {
  return artifactName({
    version,
    platform: process.platform,
    arch: process.arch,
    nodeMajor: Number(process.versions.node.split('.')[0]),
    lockfile: JSON.stringify(lockfiles[version].lockfile),
  });
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
