import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { afterAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const consumer = install();
afterAll(() => rmSync(consumer, { recursive: true, force: true }));

const example = `
import { definePolicy, mergeConfig, parseDocument } from '@clawharbor/config-merge';
const policy = definePolicy<{ readonly port: number }>({ rules: [{ path: 'port', owner: 'seeded' }] });
const live = parseDocument('{ port: 1 } // by hand');
export const { config, changes } = mergeConfig({ live, desired: { port: 2, host: 'a' }, policy });
`;
writeFileSync(join(consumer, 'example.ts'), example);

describe('the package, from its tarball, with what it says it depends on and nothing else', () => {
  test('depends on exactly the versions that it names', () => {
    const installed = join(consumer, 'node_modules');
    const { dependencies = {} } = readManifest(join(installed, '@clawharbor/config-merge/package.json'));
    const versions = Object.keys(dependencies).map((name) => [
      name,
      readManifest(join(installed, name, 'package.json')).version,
    ]);
    expect(Object.fromEntries(versions)).toStrictEqual(dependencies);
  });

  test('is a command', () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [
        join(consumer, 'node_modules/@clawharbor/config-merge/lib/bin/clawharbor-config.js'),
        'plan',
        '--desired',
        '-',
      ],
      { cwd: consumer, encoding: 'utf8', input: '{ gateway: { port: 5173 } }' },
    );
    expect({ status, stderr }).toStrictEqual({ status: 2, stderr: '' });
    expect(stdout).toContain('+ gateway.port: 5173');
  });

  test('type-checks, its own declarations too', () => {
    const options = [
      '--strict',
      '--exactOptionalPropertyTypes',
      '--target',
      'es2024',
      '--module',
      'nodenext',
    ];
    const { stdout } = spawnSync('tsc', ['--noEmit', ...options, '--types', '', 'example.ts'], {
      cwd: consumer,
      encoding: 'utf8',
    });
    expect(stdout).toBe('');
  });

  test('runs in a browser bundle of at most 40 kB min+gzip', async () => {
    const { outputFiles } = await build({
      entryPoints: [join(consumer, 'example.ts')],
      bundle: true,
      minify: true,
      write: false,
      platform: 'browser',
      format: 'iife',
      globalName: 'example',
      target: 'es2024',
    });
    const code = outputFiles[0]?.text ?? '';
    // A new context has the language and nothing else: no process, no Buffer, no TextDecoder.
    const json: unknown = runInNewContext(`${code}; JSON.stringify(example)`);
    expect(JSON.parse(String(json))).toMatchObject({
      config: { port: 1, host: 'a' },
      changes: [{ op: 'keep' }, { op: 'add' }],
    });
    expect(gzipSync(code).length).toBeLessThanOrEqual(40_000);
  });

  test('bundles as a whole in at most 40 kB min+gzip', async () => {
    const { outputFiles } = await build({
      stdin: { contents: "export * from '@clawharbor/config-merge';", resolveDir: consumer },
      bundle: true,
      minify: true,
      write: false,
      platform: 'browser',
      format: 'esm',
      target: 'es2024',
    });
    const code = outputFiles[0]?.text ?? '';
    expect(code).toContain('gateway.trustedProxies');
    expect(gzipSync(code).length).toBeLessThanOrEqual(40_000);
  });
});

/** A folder with the unpacked tarball and its dependencies. */
function install(): string {
  const folder = mkdtempSync(join(tmpdir(), 'config-merge-packed-'));
  execFileSync('tsc', ['-p', 'tsconfig.build.json'], { cwd: root });
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], {
    cwd: root,
    stdio: 'ignore',
  });
  const home = join(folder, 'node_modules/@clawharbor/config-merge');
  mkdirSync(home, { recursive: true });
  const tarball = join(folder, readdirSync(folder).find((file) => file.endsWith('.tgz')) ?? 'none');
  execFileSync('tar', ['-xzf', tarball, '-C', home, '--strip-components=1']);
  addDependencies(join(home, 'package.json'), join(root, 'package.json'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  return folder;
}

/** Copies what a package depends on, from where the package in `source` itself finds it, into a folder of packages. */
function addDependencies(manifest: string, source: string, folder: string): void {
  for (const name of Object.keys(readManifest(manifest).dependencies ?? {})) {
    const found = findPackageJson(name, source);
    const home = join(folder, name);
    cpSync(dirname(found), home, { recursive: true, dereference: true });
    addDependencies(found, found, join(home, 'node_modules'));
  }
}

/** As Node looks for it: in `node_modules` of the folder, then of the folders around it. */
function findPackageJson(name: string, source: string): string {
  const folders = createRequire(source).resolve.paths(name) ?? [];
  const found = folders.map((folder) => join(folder, name, 'package.json')).find((path) => existsSync(path));
  if (found === undefined) throw new Error(`${name} is not installed for ${source}`);
  return found;
}

function readManifest(file: string) {
  return JSON.parse(readFileSync(file, 'utf8')) as {
    readonly version: string;
    readonly dependencies?: Readonly<Record<string, string>>;
  };
}
