import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const readme = await readFile(`${root}/README.md`, 'utf8');

const node = async (...args: string[]): Promise<string> => {
  const run = promisify(execFile)(process.execPath, ['--conditions=source', ...args], { cwd: root });
  const { stdout } = await run.catch((error: { stdout: string }) => error);
  return stdout;
};

test('the example of the README runs, with the output that the README shows', async () => {
  expect(readme).toContain((await readFile(`${root}/examples/merge.ts`, 'utf8')).trim());
  expect(readme).toContain((await node('examples/merge.ts')).trim());
});

test('the plan and the merged text of the README are those of its files', async () => {
  const live = 'examples/openclaw/live.json5';
  const inputs = ['--live', live, '--desired', 'examples/openclaw/desired.json'];
  expect(readme).toContain(inputs.join(' '));
  expect(readme).toContain((await readFile(`${root}/${live}`, 'utf8')).trim());
  const plan = (await node('src/bin/clawharbor-config.ts', 'plan', ...inputs)).trim();
  expect(plan).toMatch(/to remove, \d+ kept\.$/u);
  expect(readme).toContain(plan);
  const merged = (await node('src/bin/clawharbor-config.ts', 'merge', ...inputs)).trim();
  expect(merged).toContain('// for the French team');
  expect(merged).not.toContain('// everybody has it by now');
  expect(readme).toContain(merged);
});
