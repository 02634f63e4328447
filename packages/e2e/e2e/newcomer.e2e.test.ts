import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NewcomersClone, type Foreground } from './support/newcomers-clone.ts';

// `test/documented-commands.test.ts` holds that each command of a README is here, or proved elsewhere.
let clone: NewcomersClone;
let installed: ReturnType<NewcomersClone['type']>;
let running: Foreground | undefined;

beforeAll(() => {
  clone = new NewcomersClone();
  installed = clone.type('npm ci');
  clone.keepsArtifacts('.clawharbor/artifacts');
});

afterAll(async () => {
  running?.interrupt();
  await running?.end();
  clone.remove();
});

test('the README from top to bottom', { timeout: 900_000 }, async () => {
  expect(installed.status, installed.stderr).toBe(0);
  // Whatever Node.js the host has, there is nothing to wonder about.
  expect(installed.stderr.split('\n').filter(Boolean)).toEqual([]);

  running = clone.leave('npx projen local');
  await running.says(/https:\/\/localhost:8443/);

  const status = clone.type('npx clawharbor-local status');
  expect(status, status.stderr).toMatchObject({ status: 0 });
  expect(status.stdout).toContain('InService');
  const replaced = clone.type('npx clawharbor-local replace');
  expect(replaced, replaced.stderr).toMatchObject({ status: 0 });
  // The new instance finds the config as it was left, and reports no change that nobody made.
  const { report } = JSON.parse(clone.type('npx clawharbor-local status --json').stdout) as {
    report: { steps: { name: string; changes: string[]; warnings: unknown[] }[] };
  };
  expect(report.steps.find(({ name }) => name === 'merge-config')).toMatchObject({
    changes: [],
    warnings: [],
  });
  writeFileSync(join(clone.directory, 'key.txt'), 'sk-ant-of-a-newcomer\n');
  const set = clone.type('npx clawharbor-local secret set ANTHROPIC_API_KEY < key.txt');
  expect(set, set.stderr).toMatchObject({ status: 0 });
  const down = clone.type('npx clawharbor-local down');
  expect(down, down.stderr).toMatchObject({ status: 0 });
  expect(await running.end()).toBe(0);
  expect(running.output).not.toContain('sk-ant-of-a-newcomer');
});
