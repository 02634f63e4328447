import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { InfraError, loadConfig } from '../src/index.ts';
import { exampleConfig, scratch } from './example-pod.ts';

const directory = scratch();

let files = 0;
async function file(extension: string, text: string): Promise<string> {
  const path = join(directory, `config-${files++}.${extension}`);
  await writeFile(path, text);
  return path;
}

async function refused(path: string): Promise<InfraError> {
  const error: unknown = await loadConfig(path).then(
    () => new Error('nothing was refused'),
    (reason: unknown) => reason,
  );
  if (error instanceof InfraError) return error;
  throw error;
}

/** A config in TypeScript; `mark` is replaced, and its line is the last but two. */
const lines = (replaced: string) => [
  'const region: string = "eu-central-1";',
  'interface Unused { readonly text: string }',
  'export default {',
  '  account: "123456789012",',
  '  region,',
  '  domain: {',
  '    hostedZone: { id: "Z0123456789", name: "example.com" },',
  '    names: ["openclaw.example.com"],',
  '  },',
  `  ${replaced}`,
  '} satisfies object;',
  '',
];
const typescript = (replaced = '') => lines(replaced).join('\n');

describe('a config file', () => {
  test.for(['ts', 'mts', 'json', 'js', 'mjs'])('may be .%s', async (extension) => {
    const data = JSON.stringify(exampleConfig);
    const path = await file(extension, extension === 'json' ? data : `export default ${data};\n`);
    await expect(loadConfig(path)).resolves.toMatchObject({ name: 'openclaw', domain: exampleConfig.domain });
  });

  test('has every default filled in', async () => {
    const config = await loadConfig(await file('ts', typescript()));
    expect(config.login).toEqual({ mfa: 'optional', sessionHours: 24, identityProviders: [] });
  });

  test('is read again when it has changed', async () => {
    const path = await file('json', JSON.stringify(exampleConfig));
    await loadConfig(path);
    await writeFile(path, JSON.stringify({ ...exampleConfig, name: 'second' }));
    await expect(loadConfig(path)).resolves.toMatchObject({ name: 'second' });
  });
});

describe('a fault is shown with file, line and column', () => {
  const table: readonly [what: string, text: string, line: number, column: number, says: string][] = [
    ['a syntax error', typescript('login: { mfa: },'), 10, 17, ''],
    ['a string without an end', typescript('name: "openclaw,'), 10, 9, ''],
    ['an unknown key', typescript('logn: { mfa: "off" },'), 10, 3, '"logn" is not a known key'],
    ['a nested unknown key', typescript('login: { mfaa: "off" },'), 10, 12, 'login.mfaa'],
    ['a value of the wrong type', typescript('login: { sessionHours: "24" },'), 10, 12, 'login.sessionHours'],
    ['an e-mail address', typescript('openclaw: { admins: ["a@example.com"] },'), 10, 24, 'ADMIN_NOT_A_SUB'],
    ['a bad constant', typescript('').replace('"eu-central-1"', '"Frankfurt"'), 5, 3, 'REGION_INVALID'],
    ['a missing key', typescript('').replace('account: "123456789012",', ''), 3, 16, 'account'],
    ['a throw', typescript('name: (() => { throw new Error("no name"); })(),'), 10, 24, 'no name'],
  ];

  test.for(table)('%s', async ([, text, line, column, says]) => {
    const path = await file('ts', text);
    const error = await refused(path);
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.message).toContain(`${path}:${line}:${column}: `);
    expect(error.message).toContain(says);
  });

  test('in a file that calls defineConfig with a constant', async () => {
    const text =
      typescript('name: "Bad Name",').replace('export default {', 'const config = {') +
      'export default (config);\n';
    const path = await file('ts', text);
    expect((await refused(path)).message).toContain(`${path}:10:3: name: `);
  });

  test('in JSON', async () => {
    const path = await file('json', '{\n  "account": "1",\n  "region": "eu-central-1"\n}\n');
    const { message } = await refused(path);
    expect(message).toContain(`${path}:2:3: account: `);
    expect(message).toContain('domain');
    const broken = await file('json', '{\n  "account": "123456789012",\n  oops\n}\n');
    expect((await refused(broken)).message).toContain(`${broken}:3:3: `);
  });

  test('all faults, one line each', async () => {
    const { message } = await refused(await file('ts', typescript('name: "X", logs: { retentionDays: 2 },')));
    expect(message.split('\n')).toHaveLength(2);
  });
});

test('a file that is not there, or not a config, is refused as such', async () => {
  expect((await refused(join(directory, 'absent.ts'))).code).toBe('CONFIG_UNREADABLE');
  expect((await refused(join(directory, 'config.yaml'))).message).toContain('.json');
  const empty = await file('ts', 'const nothing = 1;\nvoid nothing;\n');
  expect((await refused(empty)).message).toContain('no default export');
});

test.for([
  ['an unknown key', typescript('logn: {},'), 10, 3],
  ['a syntax error', typescript('login: { mfa: },'), 10, 17],
  ['what TypeScript cannot strip', `${typescript()}enum Colour { Red }\n`, 12, 1],
] as const)('the command shows %s on standard error and exits with 1', async ([, text, line, column]) => {
  const path = await file('ts', text);
  const run = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
    execFile(
      process.execPath,
      ['--conditions=source', 'src/bin/synth.ts', '--config', path],
      { cwd: new URL('..', import.meta.url).pathname },
      (error, _stdout, stderr) => resolve({ code: error?.code, stderr }),
    );
  });
  expect(run.code).toBe(1);
  expect(run.stderr).toContain(`CONFIG_INVALID: ${path}:${line}:${column}: `);
});
