import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const repository = join(import.meta.dirname, '..');
const scratch = mkdtempSync(join(tmpdir(), 'clawharbor-readme-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const readmes = [
  'README.md',
  ...readdirSync(join(repository, 'packages')).map((name) => `packages/${name}/README.md`),
].filter((path) => existsSync(join(repository, path)));

/** What an excerpt takes from the code around it. Every other example is whole. */
const surroundings: Readonly<Record<string, string>> = {
  'packages/bootstrap/README.md': 'declare const text: string;',
  'packages/iam-policies/README.md': `
    import { Aws, Stack } from 'aws-cdk-lib';
    import type * as efsResources from 'aws-cdk-lib/aws-efs';
    import * as iam from 'aws-cdk-lib/aws-iam';
    import type { LogGroup } from 'aws-cdk-lib/aws-logs';
    import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
    declare const secret: Secret;
    declare const fileSystem: efsResources.FileSystem;
    declare const accessPoint: efsResources.AccessPoint;
    declare const logGroup: LogGroup;
    void [Aws, Stack, iam];`,
};

interface Example {
  readonly readme: string;
  readonly line: number;
  readonly code: string;
}

function examplesOf(readme: string): Example[] {
  const text = readFileSync(join(repository, readme), 'utf8');
  return [...text.matchAll(/^```(?:ts|typescript|js)\n(.*?)^```/gms)]
    .map(({ index, 1: code }) => ({ readme, line: text.slice(0, index).split('\n').length, code: code! }))
    .filter(({ code }) => /from '@clawharbor\//.test(code));
}

/** The example as a module; an excerpt becomes the body of a function, so that `this` has a type. */
function moduleOf({ readme, code }: Example): string {
  const around = surroundings[readme];
  if (around === undefined) return code;
  const imports = code.match(/^import .*?;$/gms) ?? [];
  const body = imports.reduce((rest, statement) => rest.replace(statement, ''), code);
  return `${imports.join('\n')}\n${around}
export async function excerpt(this: import('aws-cdk-lib').Stack): Promise<void> {\n${body}\n}\n`;
}

/** What the compiler says of a folder of modules, seen as by somebody who has the packages installed. */
function compile(folder: string, modules: Readonly<Record<string, string>>): string {
  mkdirSync(folder);
  symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'));
  for (const [file, code] of Object.entries(modules)) writeFileSync(join(folder, file), code);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  const config = {
    extends: join(repository, 'tsconfig.base.json'),
    compilerOptions: { noEmit: true, customConditions: ['source'] },
    include: ['*.ts'],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  try {
    return execFileSync(join(repository, 'node_modules/.bin/tsc'), ['-p', folder, '--pretty', 'false'], {
      cwd: folder,
      encoding: 'utf8',
      stdio: 'pipe',
    });
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

test('every example of a README that imports a package of this repository compiles', () => {
  const examples = readmes.flatMap(examplesOf);
  expect(new Set(examples.map(({ readme }) => readme))).toContain('README.md');
  const modules = Object.fromEntries(
    examples.map((example) => [
      `${example.readme.replace(/\W/g, '-')}-line-${example.line}.ts`,
      moduleOf(example),
    ]),
  );
  expect(compile(join(scratch, 'examples'), modules)).toBe('');
});

test('an example with a wrong prop would not compile', () => {
  const code = `
    import { OpenClawPod } from '@clawharbor/infra';
    import { App, Stack } from 'aws-cdk-lib';
    const hostedZone = { id: 'Z0123456789ABCDEFGHIJ', name: 'example.com' };
    new OpenClawPod(new Stack(new App()), 'Pod', { domain: { hostedZone, names: ['example.com'] } });`;
  expect(compile(join(scratch, 'wrong'), { 'wrong.ts': code })).toContain('IHostedZone');
});
