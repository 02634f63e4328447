import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

interface Manifest {
  name: string;
  version: string;
  private?: boolean;
  license: string;
  engines: { node: string };
  repository: { directory: string };
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  peerDependenciesMeta?: Record<string, unknown>;
  exports: Record<string, { default: string } | string>;
  bin?: Record<string, string>;
}

const repository = join(import.meta.dirname, '..');
const bin = (name: string) => join(repository, 'node_modules/.bin', name);
const scratch = mkdtempSync(join(tmpdir(), 'clawharbor-pack-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const packages = readdirSync(join(repository, 'packages')).map((folder) => {
  const directory = join(repository, 'packages', folder);
  const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Manifest;
  return { directory, manifest };
});
const published = packages.filter(({ manifest }) => !manifest.private);

function run(file: string, args: string[], cwd: string): string {
  try {
    return execFileSync(file, args, { cwd, encoding: 'utf8', stdio: 'pipe', timeout: 280_000 });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${file} ${args.join(' ')} failed:\n${stdout}\n${stderr}`, { cause: error });
  }
}

/** A package and the packages of this repository that it needs, as tarballs. */
function tarballs(name: string, made: Map<string, string>, seen = new Set<string>()): string[] {
  if (seen.has(name)) return [];
  seen.add(name);
  const { manifest } = packages.find((candidate) => candidate.manifest.name === name)!;
  const inner = Object.keys(manifest.dependencies ?? {}).filter((dep) => dep.startsWith('@clawharbor/'));
  return [made.get(name)!, ...inner.flatMap((dep) => tarballs(dep, made, seen))];
}

/** Entries that a consumer imports, without package.json. */
function entries(manifest: Manifest): string[] {
  return Object.keys(manifest.exports)
    .filter((subpath) => subpath !== './package.json')
    .map((subpath) => manifest.name + subpath.slice(1));
}

describe('a package from npm', () => {
  const made = new Map<string, string>();
  beforeAll(() => {
    for (const { directory, manifest } of published) {
      const [{ filename }] = JSON.parse(
        run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', scratch], directory),
      ) as [{ filename: string }];
      made.set(manifest.name, join(scratch, filename));
    }
  });

  test.each(published.map(({ manifest }) => [manifest.name] as const))(
    '%s works alone: installed from its tarball, imported, and type-checked by a consumer',
    (name) => {
      const { manifest } = published.find((candidate) => candidate.manifest.name === name)!;
      const consumer = join(scratch, name.replace('/', '-'));
      mkdirSync(consumer);
      writeFileSync(
        join(consumer, 'package.json'),
        JSON.stringify({ name: 'consumer', private: true, type: 'module' }),
      );
      run(
        'npm',
        [
          'install',
          '--ignore-scripts',
          '--prefer-offline',
          '--no-audit',
          '--no-fund',
          ...tarballs(name, made),
          // npm leaves optional peers out; an entry may be for those who have them.
          ...Object.keys(manifest.peerDependenciesMeta ?? {}).map(
            (peer) => `${peer}@${manifest.peerDependencies?.[peer]}`,
          ),
        ],
        consumer,
      );

      const imports = entries(manifest);
      const script = imports
        .map(
          (entry) =>
            `if (Object.keys(await import('${entry}')).length === 0) throw new Error('${entry} is empty');`,
        )
        .join('\n');
      writeFileSync(join(consumer, 'import.js'), script);
      run(process.execPath, ['import.js'], consumer);

      for (const [command, file] of Object.entries(manifest.bin ?? {})) {
        expect(existsSync(join(consumer, 'node_modules', name, file)), file).toBe(true);
        expect(run(join(consumer, 'node_modules/.bin', command), ['--help'], consumer)).toContain(command);
      }

      writeFileSync(
        join(consumer, 'consumer.ts'),
        imports
          .map((entry, i) => `import * as m${i} from '${entry}'; export const k${i}: object = m${i};`)
          .join('\n'),
      );
      run(
        bin('tsc'),
        [
          '--noEmit',
          '--strict',
          '--module',
          'nodenext',
          '--target',
          'es2024',
          '--skipLibCheck',
          'consumer.ts',
        ],
        consumer,
      );
    },
  );

  test.each(published.map(({ manifest }) => [manifest.name] as const))(
    '%s passes publint and attw',
    (name) => {
      const tarball = made.get(name)!;
      run(bin('publint'), ['run', tarball, '--strict'], scratch);
      run(bin('attw'), [tarball, '--profile', 'esm-only', '--no-emoji', '--no-color'], scratch);
    },
  );

  test.each(published.map(({ manifest }) => [manifest.name, manifest] as const))(
    '%s says what it is',
    (_, manifest) => {
      const directory = manifest.repository.directory;
      expect(manifest.license).toBe('Apache-2.0');
      expect(manifest.engines.node).toMatch(/^>= \d+/);
      expect(directory).toBe(`packages/${manifest.name.split('/')[1]}`);
      const readme = readFileSync(join(repository, directory, 'README.md'), 'utf8');
      expect(readme, `the README of ${manifest.name} has no example`).toMatch(
        /```(ts|sh|bash|typescript|console)/,
      );
    },
  );
});

test('dependencies point down only', () => {
  const layers = ['config-merge', 'iam-policies', 'bootstrap', 'infra', 'e2e'].map(
    (name) => `@clawharbor/${name}`,
  );
  for (const { manifest } of packages) {
    for (const dep of Object.keys(manifest.dependencies ?? {}).filter((name) =>
      name.startsWith('@clawharbor/'),
    )) {
      expect(layers.indexOf(dep), `${manifest.name} → ${dep}`).toBeLessThan(layers.indexOf(manifest.name));
    }
  }
  const leaves = packages.filter(({ manifest }) =>
    ['@clawharbor/config-merge', '@clawharbor/iam-policies'].includes(manifest.name),
  );
  for (const { manifest } of leaves) {
    expect(
      Object.keys(manifest.dependencies ?? {}).filter((name) => name.startsWith('@clawharbor/')),
    ).toEqual([]);
  }
});
