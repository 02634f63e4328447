import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Testing, javascript } from 'projen';
import { afterAll, describe, expect, test } from 'vitest';
import { Monorepo } from '../projenrc/monorepo.ts';
import { Workspace } from '../projenrc/workspace.ts';

const repository = join(import.meta.dirname, '..');
const scratch = mkdtempSync(join(tmpdir(), 'clawharbor-projen-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function generated(): Record<string, unknown> {
  const root = new Monorepo({ outdir: mkdtempSync(join(scratch, 'root-')) });
  const lower = new Workspace(root, {
    name: 'lower',
    description: 'Lower.',
    deps: ['zod@4.6.7'],
    coverage: 90,
  });
  new Workspace(root, {
    name: 'upper',
    description: 'Upper.',
    private: true,
    workspaceDeps: [lower],
    optionalPeerDeps: ['constructs@^10.5.0'],
    exports: { './spec': 'spec/index' },
    bin: { upper: { program: 'bin/upper' } },
    coverage: 50,
  });
  return Testing.synth(root);
}

describe('what .projenrc.ts generates', () => {
  const files = generated();
  const manifest = (path: string) => files[path] as Record<string, Record<string, unknown>>;

  test('stays as it was, file by file', () => {
    const { 'package-lock.json': _, ...stable } = files;
    expect(stable).toMatchSnapshot();
  });

  test('makes one install of all packages', () => {
    expect(manifest('package.json')['workspaces']).toEqual(['packages/*']);
    expect(
      Object.keys(files).filter((path) => path.endsWith('package-lock.json')).length,
    ).toBeLessThanOrEqual(1);
  });

  test('offers every entry as source, types and code', () => {
    expect(manifest('packages/upper/package.json')['exports']).toEqual({
      '.': { source: './src/index.ts', types: './lib/index.d.ts', default: './lib/index.js' },
      './spec': {
        source: './src/spec/index.ts',
        types: './lib/spec/index.d.ts',
        default: './lib/spec/index.js',
      },
      './package.json': './package.json',
    });
  });

  test('keeps a private package from being published', () => {
    expect(manifest('packages/upper/package.json')['private']).toBe(true);
    expect(manifest('packages/lower/package.json')['private']).toBeUndefined();
  });

  test('never names a floating version', () => {
    for (const [path, content] of Object.entries(files)) {
      if (!path.endsWith('package.json')) continue;
      const { dependencies = {}, devDependencies = {} } = content as Record<string, Record<string, string>>;
      for (const [name, range] of Object.entries({ ...dependencies, ...devDependencies })) {
        if (!name.startsWith('@clawharbor/')) expect(range, `${name} in ${path}`).toMatch(/^\d+\.\d+\.\d+/);
      }
    }
  });
});

test('projen still has the private methods by which a workspace leaves installing to the root', () => {
  const nodePackage = javascript.NodePackage.prototype as unknown as Record<string, unknown>;
  expect(nodePackage['resolveDepsAndWritePackageJson']).toBeTypeOf('function');
  expect(nodePackage['installDependencies']).toBeTypeOf('function');
});

test('npx projen leaves the repository as it is', () => {
  const copy = join(scratch, 'copy');
  const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: repository, encoding: 'utf8' })
    .split('\0')
    .filter(Boolean);
  for (const file of tracked) {
    mkdirSync(join(copy, dirname(file)), { recursive: true });
    cpSync(join(repository, file), join(copy, file));
  }
  symlinkSync(join(repository, 'node_modules'), join(copy, 'node_modules'));
  execFileSync(process.execPath, ['.projenrc.ts'], {
    cwd: copy,
    stdio: 'pipe',
    env: { ...process.env, PROJEN_DISABLE_POST: 'true', NODE_ENV: undefined },
  });
  const lists = ['', ...readdirSync(join(copy, 'packages')).map((name) => join('packages', name))];
  const outputs = lists.flatMap((directory) => {
    const { files } = JSON.parse(readFileSync(join(copy, directory, '.projen/files.json'), 'utf8')) as {
      files: string[];
    };
    return files.map((file) => join(directory, file));
  });
  expect(outputs.length).toBeGreaterThan(40);
  for (const file of outputs) {
    expect(readFileSync(join(copy, file), 'utf8'), file).toBe(readFileSync(join(repository, file), 'utf8'));
  }
});
