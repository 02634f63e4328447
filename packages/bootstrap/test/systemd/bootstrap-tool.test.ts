import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { renderBootstrapTool } from '../../src/host/systemd/bootstrap-service.ts';

const run = promisify(execFile);
const print = [
  'node',
  '-e',
  'console.log(JSON.stringify([process.env.CLAWHARBOR_SPEC, ...process.argv.slice(1)]))',
];

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'clawharbor-tool-'));
});
afterEach(() => rm(directory, { recursive: true }));

async function typed(spec: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const tool = join(directory, 'clawharbor-bootstrap');
  await writeFile(tool, renderBootstrapTool({ program: print, spec }));
  await chmod(tool, 0o755);
  const { stdout } = await run(tool, args, { env: { PATH: process.env['PATH'], ...environment } });
  return JSON.parse(stdout) as unknown;
}

test('people on the instance need not know where its spec is', async () => {
  expect(await typed('ssm:/clawharbor/team/spec', ['restore', '--list'])).toEqual([
    'ssm:/clawharbor/team/spec',
    'restore',
    '--list',
  ]);
});

test.each(["it's", '$HOME `id` "x" \\', 'a }${x:-b} {'])('a spec at %j is named as it is', async (spec) => {
  expect(await typed(spec, ['--', 'two words'])).toEqual([spec, 'two words']);
});

test('another spec can be named', async () => {
  expect(await typed('one', [], { CLAWHARBOR_SPEC: 'other' })).toEqual(['other']);
});
