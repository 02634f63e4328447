import { spawnSync } from 'node:child_process';
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
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hostEnvironment, hostPath, repository } from './clone.ts';
import { floor, installNode, pack, packages, published, run, tarballs, type Manifest } from './tarballs.ts';

const bin = (name: string) => join(repository, 'node_modules/.bin', name);
/** What people compile with who have the packages. */
const compilers = ['5.9.3', '6.0.3', '7.0.2'];
/** Whoever compiles for Node.js has them. */
const nodeTypes = `@types/node@${(JSON.parse(readFileSync(join(repository, 'node_modules/@types/node/package.json'), 'utf8')) as { version: string }).version}`;
const scratch = mkdtempSync(join(tmpdir(), 'clawharbor-pack-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Entries that a consumer imports, without package.json. */
function entries(manifest: Manifest): string[] {
  return Object.keys(manifest.exports)
    .filter((subpath) => subpath !== './package.json')
    .map((subpath) => manifest.name + subpath.slice(1));
}

/** Beside the repository: each brings a `tsc`, and npm links whichever it installed last. */
function installCompiler(version: string): string {
  const place = join(scratch, `typescript-${version}`);
  const home = join(place, 'node_modules/typescript');
  if (existsSync(home)) return home;
  mkdirSync(place);
  run('npm', ['install', '--prefix', place, '--no-save', '--prefer-offline', `typescript@${version}`], place);
  return home;
}

/** What a compiler says of these files and of our own declarations; those of others are theirs to mend. */
function complaints(compiler: string, files: readonly string[], folder: string): string[] {
  const tsc = join(installCompiler(compiler), 'bin/tsc');
  const language = ['--strict', '--module', 'nodenext', '--target', 'es2024', '--types', 'node'];
  const flags = ['--noEmit', '--pretty', 'false', ...language];
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, ...flags, ...files], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status === null || stderr !== '') throw new Error(`${compiler} broke off: ${stderr}`);
  const others = /^node_modules\/(?!@clawharbor\/)/;
  return stdout.split('\n').filter((line) => /error TS\d+/.test(line) && !others.test(line));
}

test.each(compilers)('%s would find what does not compile', (compiler) => {
  const folder = join(scratch, `wrong-${compiler}`);
  mkdirSync(folder);
  run('npm', ['install', '--prefix', folder, '--no-save', '--prefer-offline', nodeTypes], folder);
  writeFileSync(join(folder, 'wrong.ts'), 'export const x: string = 1;');
  expect(complaints(compiler, ['wrong.ts'], folder)).toEqual([expect.stringContaining('TS2322')]);
});

describe('a package from npm', () => {
  let made: Map<string, string>;
  /** The oldest Node.js that is promised, and the one that runs this test. */
  let runtimes: string[];
  beforeAll(() => {
    made = pack(scratch);
    runtimes = [join(installNode(floor, join(scratch, 'oldest')), 'node'), process.execPath];
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
          nodeTypes,
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
      for (const node of runtimes) run(node, ['import.js'], consumer);

      for (const [command, file] of Object.entries(manifest.bin ?? {})) {
        expect(existsSync(join(consumer, 'node_modules', name, file)), file).toBe(true);
        for (const node of runtimes) {
          const program = join(consumer, 'node_modules/.bin', command);
          const { stdout, stderr } = spawnSync(node, [program, '--help'], { encoding: 'utf8' });
          // An instance brings its own Node.js: what runs there may want more than what synthesizes.
          if (command === 'clawharbor-bootstrap' && node !== process.execPath)
            expect(stderr).toBe(`NODE_TOO_OLD ${command} needs Node.js 24.16.0 or newer; this is ${floor}\n`);
          else expect(stdout, `${node}: ${stderr}`).toContain(`Usage: ${command}`);
        }
      }

      writeFileSync(
        join(consumer, 'consumer.ts'),
        imports
          .map((entry, i) => `import * as m${i} from '${entry}'; export const k${i}: object = m${i};`)
          .join('\n'),
      );
      // Whole apps, where there are some.
      const examples = join(repository, manifest.repository.directory, 'examples');
      if (existsSync(examples)) cpSync(examples, consumer, { recursive: true });
      const sources = readdirSync(consumer).filter((file) => file.endsWith('.ts'));
      for (const compiler of compilers) {
        expect(complaints(compiler, sources, consumer), compiler).toEqual([]);
      }
    },
  );

  test('@clawharbor/infra makes a template in an empty folder, as its README says', () => {
    const readme = readFileSync(join(repository, 'packages/infra/README.md'), 'utf8');
    const [, file, code] = /^`([\w.]+)`:\n\n```js\n(.*?)^```/ms.exec(readme)!;
    const [, install] = /^(npm install @clawharbor\/infra .*)$/m.exec(readme)!;
    const [, synth] = /^(npx cdk synth .*)$/m.exec(readme)!;
    const folder = join(scratch, 'empty');
    mkdirSync(folder);
    const type = (command: string, node: string) =>
      spawnSync('sh', ['-c', command], {
        cwd: folder,
        encoding: 'utf8',
        env: { ...hostEnvironment, PATH: [join(node, '..'), hostPath].join(delimiter) },
      });

    const fromHere = install!.replace('@clawharbor/infra', tarballs('@clawharbor/infra', made).join(' '));
    const installed = type(`${fromHere} --prefer-offline`, runtimes[0]!);
    expect(installed.status, installed.stderr).toBe(0);
    expect(installed.stderr).not.toContain('EBADENGINE');
    writeFileSync(join(folder, file!), code!);

    for (const node of runtimes) {
      const { status, stdout, stderr } = type(synth!, node);
      expect(status, stderr).toBe(0);
      // Nothing but the template, because people pipe it; without the rule about the version of CDK's own bootstrap.
      const template = JSON.parse(readFileSync(join(folder, 'cdk.out/Team.template.json'), 'utf8')) as object;
      const sections = Object.keys(template).filter((section) => section !== 'Rules');
      expect(stdout.match(/^\w.*$/gm)).toEqual(sections.map((section) => `${section}:`));
      expect(stdout).toContain('AWS::AutoScaling::AutoScalingGroup');
      rmSync(join(folder, 'cdk.out'), { recursive: true });
    }
  });

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
  const layers = ['config-merge', 'iam-policies', 'openclaw-plugin', 'bootstrap', 'infra', 'e2e'].map(
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
    ['@clawharbor/config-merge', '@clawharbor/iam-policies', '@clawharbor/openclaw-plugin'].includes(
      manifest.name,
    ),
  );
  for (const { manifest } of leaves) {
    expect(
      Object.keys(manifest.dependencies ?? {}).filter((name) => name.startsWith('@clawharbor/')),
    ).toEqual([]);
  }
});
