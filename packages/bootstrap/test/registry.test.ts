import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ProcessHost } from '../src/host/process/process-host.ts';
import { npmInstall } from '../src/install/npm-install.ts';
import { NpmError, outlookOfNpm } from '../src/install/npm.ts';
import { startRegistry, type Misbehaviour, type Registry } from './stand-ins/registry.ts';

// npm itself, and a registry on loopback that misbehaves. What is installed is one package.
const patience = { seconds: 100, trySeconds: 60, silenceSeconds: 0.5 };

let below: string;
let host: ProcessHost;
const registries: Registry[] = [];
beforeAll(async () => {
  below = await mkdtemp(join(tmpdir(), 'clawharbor-registry-'));
  // What somebody has set up on this machine leads elsewhere.
  for (const name of Object.keys(process.env))
    if (/^npm_config_|_proxy$/i.test(name)) vi.stubEnv(name, undefined);
  const folder = (name: string) => join(below, name);
  host = new ProcessHost({ root: folder('root'), state: folder('state'), artifacts: folder('artifacts') });
  await mkdir(folder('openclaw'));
  // Large enough for half of it to be something.
  await writeFile(folder('openclaw/openclaw.mjs'), `console.log('1');\n// ${'x'.repeat(100_000)}\n`);
});
afterAll(async () => {
  for (const registry of registries) await registry.close();
  await host.close();
  vi.unstubAllEnvs();
  await rm(below, { recursive: true, force: true });
});

/** A registry, and an empty folder whose npm asks it. */
async function open(): Promise<{ registry: Registry; directory: string }> {
  const registry = await startRegistry(join(below, 'openclaw'), 'openclaw', '2026.9.6');
  registries.push(registry);
  const directory = await mkdtemp(join(below, 'install-'));
  const settings = [`registry=${registry.url}`, `cache=${join(directory, 'cache')}`];
  await writeFile(join(directory, '.npmrc'), settings.join('\n'));
  return { registry, directory };
}

const isInstalled = async (directory: string) =>
  (await readFile(join(directory, 'node_modules/openclaw/openclaw.mjs'), 'utf8')).length > 100_000;

interface Row {
  readonly fault: string;
  readonly how: Misbehaviour;
  /** How often metadata are asked for in vain, once more than npm asks by itself; a package is once. */
  readonly times: number;
  /** What npm is said to have said meanwhile. */
  readonly told: RegExp;
}

const rows: readonly Row[] = [
  {
    fault: 'takes requests and says nothing',
    how: 'silence',
    times: 4,
    told: /network timeout at: the registry/,
  },
  { fault: 'resets each connection', how: 'reset', times: 4, told: /ECONNRESET: .*read ECONNRESET/ },
  { fault: 'answers 503', how: 503, times: 4, told: /E503: 503 Service Unavailable/ },
  { fault: 'ends its answers in the middle', how: 'half', times: 1, told: /ECONNRESET: .*aborted/ },
  {
    fault: 'stops in the middle of its answers',
    how: 'stalled',
    times: 1,
    told: /EIDLETIMEOUT: Idle timeout reached/,
  },
];

describe.concurrent('a registry without the artifact in the cache', { timeout: 120_000 }, () => {
  test.each(rows)(
    'fault (release): the npm registry $fault for a while → it is asked again for ten minutes, and OpenClaw is installed once it answers',
    async ({ how, times, told }) => {
      const { registry, directory } = await open();
      const left = { metadata: times, package: 1 };
      registry.instead = (path) =>
        left[path.endsWith('.tgz') ? 'package' : 'metadata']-- > 0 ? how : undefined;
      const waits: string[] = [];
      const onWait = (why: string) => void waits.push(why);
      await npmInstall(host, registry.pinned, directory, { ...patience, onWait });
      expect(await isInstalled(directory)).toBe(true);
      expect(waits.join('\n')).toMatch(told);
      expect(waits.join('\n')).not.toContain('http://');
    },
  );

  test('fault (release): the npm registry sends half of a package as if it were all → it is asked again for a minute, and OpenClaw is installed once it is whole', async () => {
    const { registry, directory } = await open();
    let left = 7;
    registry.instead = (path) => (path.endsWith('.tgz') && left-- > 0 ? 'cut' : undefined);
    await npmInstall(host, registry.pinned, directory, patience);
    expect(await isInstalled(directory)).toBe(true);
  });

  test('fault (release): the npm registry has other bytes under the name of a package → after a minute OPENCLAW_NOT_INSTALLABLE with both digests; nothing of it is installed', async () => {
    const { registry, directory } = await open();
    registry.instead = (path) => (path.endsWith('.tgz') ? 'other bytes' : undefined);
    const once = { ...patience, deniedSeconds: 0 };
    await expect(npmInstall(host, registry.pinned, directory, once)).rejects.toMatchObject({
      code: 'OPENCLAW_NOT_INSTALLABLE',
      message: expect.stringMatching(/EINTEGRITY: sha512-.* wanted sha512-.* but got sha512-/) as string,
    });
    await expect(isInstalled(directory)).rejects.toThrow('ENOENT');
  });

  test.each([
    { what: 'does not have the package', how: 404, said: /E404: 404 Not Found/ },
    { what: 'lets nobody in', how: 403, said: /E403: 403 .*Forbidden/ },
  ])('fault (release): the npm registry $what → OPENCLAW_NOT_INSTALLABLE at once', async ({ how, said }) => {
    const { registry, directory } = await open();
    registry.instead = () => how;
    const waits: string[] = [];
    const onWait = (why: string) => void waits.push(why);
    await expect(npmInstall(host, registry.pinned, directory, { ...patience, onWait })).rejects.toMatchObject(
      {
        code: 'OPENCLAW_NOT_INSTALLABLE',
        message: expect.stringMatching(said) as string,
      },
    );
    expect(waits).toEqual([]);
  });

  test('fault (release): the npm registry takes 5 s for each answer → OpenClaw is installed, by one run of npm', async () => {
    const { registry, directory } = await open();
    registry.delay = 5000;
    const waits: string[] = [];
    const onWait = (why: string) => void waits.push(why);
    await npmInstall(host, registry.pinned, directory, { ...patience, silenceSeconds: 30, onWait });
    expect(await isInstalled(directory)).toBe(true);
    expect(waits).toEqual([]);
    expect(registry.requests).toHaveLength(2);
  });
});

test.each([
  ['ENOTCACHED', 'final'],
  ['ETARGET', 'final'],
  ['E401', 'final'],
  [undefined, 'final'],
  ['ENOTFOUND', 'passing'],
  ['EAI_AGAIN', 'passing'],
  ['ECONNREFUSED', 'passing'],
  ['E429', 'passing'],
  ['E500', 'passing'],
  ['TAR_BAD_ARCHIVE', 'denied'],
] as const)('what npm calls %s is %s', (code, outlook) => {
  expect(outlookOfNpm(new NpmError(code, 'no'))).toBe(outlook);
});
