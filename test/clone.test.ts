import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshClone, hostEnvironment, repository, workspaces } from './clone.ts';

let clone: string;
beforeAll(() => {
  clone = freshClone();
});
afterAll(() => rmSync(clone, { recursive: true, force: true }));

const scratch = mkdtempSync(join(tmpdir(), 'clawharbor-launch-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function run(command: string, args: readonly string[], cwd: string, input = '') {
  return spawnSync(command, args, { cwd, input, encoding: 'utf8', env: hostEnvironment });
}

const commands = workspaces().flatMap(({ folder, bin }) =>
  Object.keys(bin ?? {}).map((command) => ({ command, folder })),
);

describe('after npm ci, with nothing compiled,', () => {
  test.each(commands)(
    'npx $command runs, from the root, its package and elsewhere',
    ({ command, folder }) => {
      for (const cwd of ['.', `packages/${folder}`, 'docs', 'packages/iam-policies']) {
        const { status, stdout, stderr } = run('npx', ['--offline', command, '--help'], join(clone, cwd));
        expect({ status, stderr }, cwd).toEqual({ status: 0, stderr: '' });
        expect(stdout, cwd).toContain(`Usage: ${command}`);
        expect(existsSync(join(clone, 'packages', folder, 'lib'))).toBe(false);
      }
    },
  );

  test.each(commands)("$command runs on the host's Node.js, whichever it is", ({ command }) => {
    const { status, stdout } = run(join(clone, 'node_modules/.bin', command), ['--help'], scratch);
    expect(status).toBe(0);
    expect(stdout).toContain(`Usage: ${command}`);
  });

  test('an exit code, a standard input and an argument arrive as they are', () => {
    const program = join(clone, 'node_modules/.bin/clawharbor-config');
    const merged = run(program, ['merge', '--desired', '-'], scratch, '{ a: "ä b" }');
    expect(merged).toMatchObject({ status: 0, stdout: '{\n  "a": "ä b"\n}\n' });
    expect(run(program, ['plan', '--desired', '-'], scratch, '{ a: 1 }').status).toBe(2);
    expect(run(program, ['plan', '--desired', 'no such file'], scratch)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('FILE_READ no such file') as string,
    });
  });

  test('npx fetches nothing that the clone has not', () => {
    const stranger = join(scratch, 'stranger');
    mkdirSync(stranger);
    writeFileSync(join(stranger, 'stranger.js'), '#!/usr/bin/env node\nconsole.log("a stranger runs");\n');
    writeFileSync(
      join(stranger, 'package.json'),
      JSON.stringify({ name: 'stranger', version: '1.0.0', bin: 'stranger.js' }),
    );
    expect(run('npm', ['pack', stranger], scratch).status).toBe(0);
    // What npx fetched once it runs again unasked: each has a cache of its own.
    const npx = (cwd: string) =>
      run(
        'npx',
        [
          '--offline',
          '--userconfig=/dev/null',
          `--cache=${mkdtempSync(join(scratch, 'cache-'))}`,
          '-p',
          join(scratch, 'stranger-1.0.0.tgz'),
          'stranger',
        ],
        cwd,
      );
    expect(npx(scratch)).toMatchObject({ status: 0, stdout: 'a stranger runs\n' });
    const refused = npx(clone);
    expect(refused).toMatchObject({ status: 1, stdout: '' });
    expect(refused.stderr).toContain('npx canceled');
  });
});

/** A program handed over to the repository's Node.js, as on a host with an older one. */
function handedOver(
  source: string,
  within: (command: string) => string[] = (command) => ['sh', '-c', `exec ${command}`],
): ChildProcessByStdio<Writable, Readable, null> {
  const folder = mkdtempSync(join(scratch, 'program-'));
  writeFileSync(join(folder, 'program.mjs'), source);
  const runner = pathToFileURL(join(repository, 'bin/run-sources.mjs')).href;
  const program = pathToFileURL(join(folder, 'program.mjs')).href;
  writeFileSync(
    join(folder, 'launcher.mjs'),
    `import { handOver } from '${runner}';\nhandOver('${program}');\n`,
  );
  const [command, ...args] = within(`"${process.execPath}" "${folder}/launcher.mjs" "an argument" ""`);
  return spawn(command!, args, { stdio: ['pipe', 'pipe', 'inherit'] });
}

describe("on a host whose Node.js is too old for the sources, the repository's own", () => {
  test('has arguments, input, output and exit code', async () => {
    const child = handedOver(`
      import { text } from 'node:stream/consumers';
      console.log(JSON.stringify([process.versions.node, process.argv.slice(2), await text(process.stdin)]));
      process.exitCode = 42;`);
    child.stdin.end('from outside');
    const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    const pinned = readFileSync(join(repository, '.nvmrc'), 'utf8').match(/^\d+\.\d+\.\d+$/m)![0];
    expect(JSON.parse(output)).toEqual([pinned, ['an argument', ''], 'from outside']);
    expect(code).toBe(42);
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'] as const)('hears %s', async (signal) => {
    const child = handedOver(`
      process.on('${signal}', (name) => { console.log(name); process.exit(7); });
      setInterval(() => {}, 1000);
      console.log('ready');`);
    const output = text(child.stdout);
    await once(child.stdout, 'readable');
    child.kill(signal);
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(7);
    expect(await output).toBe(`ready\n${signal}\n`);
  });

  test('ends as its program ends, by the same signal', async () => {
    const child = handedOver(`process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000);`);
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    expect([code, signal]).toEqual([null, 'SIGTERM']);
  });

  test.runIf(process.platform === 'linux')('has the terminal, and hears Ctrl-C (on Linux)', async () => {
    const child = handedOver(
      `
      process.on('SIGINT', () => { console.log('interrupted'); process.exit(3); });
      setInterval(() => {}, 1000);
      console.log('terminal', String(process.stdin.isTTY), String(process.stdout.isTTY));`,
      // Without exec a shell stays between that hears Ctrl-C, too: which shell it is says SHELL, and dash ends by it.
      (command) => ['script', '--quiet', '--return', '--command', `exec ${command}`, '/dev/null'],
    );
    const output = text(child.stdout);
    await once(child.stdout, 'readable');
    child.stdin.write('\u0003');
    expect((await once(child, 'exit'))[0]).toBe(3);
    expect((await output).replaceAll('\r', '')).toBe('terminal true true\n^Cinterrupted\n');
  });

  test('says what to do when it is not installed', () => {
    mkdirSync(join(scratch, 'bin'));
    cpSync(join(repository, 'bin/run-sources.mjs'), join(scratch, 'bin/run-sources.mjs'));
    const script = `import { handOver } from './bin/run-sources.mjs'; handOver('file:///program.mjs');`;
    const { status, stderr } = run(process.execPath, ['--input-type=module', '-e', script], scratch);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^NODE_TOO_OLD .*run npm ci in .+\n$/);
  });
});

describe('the bundle that instances run', () => {
  const dist = () => join(clone, 'packages/bootstrap/dist/clawharbor-bootstrap.mjs');
  const source = () => join(clone, 'packages/config-merge/src/merge.ts');
  const ask = () =>
    run(
      process.execPath,
      [
        '--conditions=source',
        '--input-type=module',
        '-e',
        `import { bundlePath } from '@clawharbor/bootstrap/bundle';
         try { console.log(bundlePath()); } catch (error) { console.log(error.code, error.message); }`,
      ],
      join(clone, 'packages/infra'),
    );

  test('is built when it is asked for: once, again after a change, and never from sources that are broken', () => {
    expect(ask()).toMatchObject({ status: 0, stdout: `${dist()}\n`, stderr: '' });
    expect(run(process.execPath, [dist(), '--help'], scratch).stdout).toContain('clawharbor-bootstrap');
    const { mtimeMs } = statSync(dist());
    expect(ask().stdout).toBe(`${dist()}\n`);
    expect(statSync(dist()).mtimeMs).toBe(mtimeMs);

    const whole = readFileSync(source(), 'utf8');
    /** However long a build takes: the change is of after it. */
    const change = (more: string) => {
      writeFileSync(source(), `${whole}\n${more}\n`);
      const later = new Date(statSync(dist()).mtimeMs + 1000);
      utimesSync(source(), later, later);
    };
    change("console.log('of tomorrow');");
    ask();
    expect(readFileSync(dist(), 'utf8').includes('of tomorrow')).toBe(true);

    change('let x = ;');
    expect(ask().stdout).toMatch(/^BUNDLE_NOT_BUILT The sources cannot be bundled: (.|\n)*merge\.ts/);
    writeFileSync(source(), whole);
  });
});
