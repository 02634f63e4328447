import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { main } from '../src/cli/main.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clawharbor-config-'));
  await write({
    'state/openclaw.json': `{ $include: './ways.json5', gateway: { port: 5173 } }`,
    'state/ways.json5': `{ gateway: { port: 1, trustedProxies: ['10.200.0.0/16'], allowRealIpFallback: true }, ui: { $include: 'topics/ui.json5' } }`,
    'state/topics/ui.json5': `{ seamColor: '#336699' }`,
    'desired.json': `{ "gateway": { "port": 5173, "trustedProxies": ["10.0.0.0/24"] } }`,
  });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

async function run(...args: string[]) {
  const output = { stdout: '', stderr: '' };
  const exitCode = await main(
    [...args, '--live', join(folder, 'state/openclaw.json'), '--desired', join(folder, 'desired.json')],
    {
      stdout: { write: (text: string) => ((output.stdout += text), true) },
      stderr: { write: (text: string) => ((output.stderr += text), true) },
      readStdin: () => Promise.reject(new Error('not asked')),
    },
  );
  return { exitCode, ...output };
}

test('plan with --include-root shows what is in effect, and the file that a value comes from', async () => {
  const { exitCode, stdout } = await run('plan', '--include-root', join(folder, 'state'));
  expect(exitCode).toBe(2);
  expect(stdout).toMatch(
    /~ gateway\.trustedProxies: .*10\.200[\s\S]*?in ways\.json5: gateway\.trustedProxies/,
  );
  expect(stdout).toMatch(
    /- gateway\.allowRealIpFallback: true[\s\S]*?in ways\.json5: gateway\.allowRealIpFallback/,
  );
  // The keys beside an include win.
  expect(stdout).not.toContain('gateway.port');
  const plain = await run('plan');
  expect(plain.stdout).not.toContain('10.200');
});

test('explain with --include-root names the files that have a key, the one that counts last', async () => {
  const root = ['--include-root', join(folder, 'state')];
  expect((await run('explain', 'ui.seamColor', ...root)).stdout).toMatch(
    /value +"#336699"[\s\S]*file +topics\/ui\.json5: seamColor/,
  );
  const { stdout } = await run('explain', 'gateway.port', ...root, '--json');
  expect(JSON.parse(stdout)).toMatchObject({
    value: 5173,
    files: ['ways.json5: gateway.port', 'openclaw.json: gateway.port'],
  });
});

test.each([
  [
    'a file that is missing',
    { 'state/ways.json5': `{ $include: 'gone.json5' }` },
    /^FILE_READ .*gone\.json5/,
  ],
  [
    'a place outside',
    { 'state/ways.json5': `{ $include: '../desired.json' }` },
    /^INCLUDE_INVALID .*ways\.json5 includes \.\.\/desired\.json/,
  ],
  ['a text that is no JSON5', { 'state/ways.json5': `{ oops` }, /^DOCUMENT_SYNTAX .*ways\.json5:1:/],
])('%s is told in one line', async (_, files, line) => {
  await write(files);
  const { exitCode, stdout, stderr } = await run('plan', '--include-root', join(folder, 'state'));
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr).toMatch(line);
});

test('a folder that live is not in is refused', async () => {
  const { exitCode, stderr } = await run('plan', '--include-root', join(folder, 'state/topics'));
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^USAGE --include-root names the folder of --live/);
});
