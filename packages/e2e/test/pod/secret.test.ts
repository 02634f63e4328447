import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSecretValue } from '@clawharbor/bootstrap/secrets';
import { beforeEach, describe, expect, test } from 'vitest';
import { openDataDirectory, type DataDirectory } from '../../src/pod/data-dir.ts';
import { openSecretsManager, putSecret, rememberSecret } from '../../src/pod/secret.ts';
import { newDesk, type, type Desk } from '../cli/run-cli.ts';

const region = 'eu-central-1';
const arn = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:pod-AbCdEf';
/** What every object of JavaScript has. */
const inherited = Object.getOwnPropertyNames(Object.prototype);

let desk: Desk;
let directory: DataDirectory;

/** A data directory whose pod ran once, and does not now. */
beforeEach(async () => {
  desk = newDesk();
  directory = openDataDirectory(join(desk.cwd, '.clawharbor'));
  const secrets = await openSecretsManager(directory, region);
  await secrets.define({ name: 'pod', arn, initialValue: '{"ANTHROPIC_API_KEY":""}' });
  rememberSecret(directory, { region, arn });
});

const stored = async () =>
  new Map(Object.entries(JSON.parse(await (await openSecretsManager(directory, region)).get(arn)) as object));

describe('secret set', () => {
  test('keeps a value for the next start, and says so', async () => {
    const first = type(desk, ['secret', 'set', 'ANTHROPIC_API_KEY'], 'sk-1\n');
    expect(first).toMatchObject({ exitCode: 0, stdout: '' });
    expect(first.stderr).toContain('ANTHROPIC_API_KEY is stored: the gateway gets it when it starts');
    expect(await stored()).toEqual(new Map([['ANTHROPIC_API_KEY', 'sk-1']]));
    const again = type(desk, ['secret', 'set', 'ANTHROPIC_API_KEY', '--json'], 'sk-1\n');
    expect(JSON.parse(again.stdout)).toEqual({
      event: 'secret',
      name: 'ANTHROPIC_API_KEY',
      state: 'unchanged',
    });
  });

  test.each([...inherited, 'PATH', 'NODE_OPTIONS', 'OPENCLAW_GATEWAY_PASSWORD', 'A=B', '1A', 'A B', ''])(
    '%j is refused by name, before any value is read',
    async (name) => {
      // A value that never ends would be waited for.
      const { exitCode, stderr } = type(desk, ['secret', 'set', '--', name], 'hunter2');
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/^SECRET_INVALID: /);
      expect(stderr).toContain(JSON.stringify(name));
      // Nobody typed JSON.
      expect(stderr).not.toMatch(/JSON|object such as/);
      expect(await stored()).toEqual(new Map([['ANTHROPIC_API_KEY', '']]));
    },
  );

  test.each([
    ['', 'SECRET_VALUE_MISSING', 'FAL_KEY'],
    ['\n', 'SECRET_VALUE_MISSING', 'FAL_KEY'],
    ['hunter2\0', 'SECRET_INVALID', 'NUL'],
    ['hunter2\uFFFE', 'SECRET_INVALID', 'not text'],
    ['hunter2'.repeat(10_000), 'SECRET_INVALID', '65536'],
  ])('a value that cannot be had is refused, and never shown', async (value, code, says) => {
    const { exitCode, stdout, stderr } = type(desk, ['secret', 'set', 'FAL_KEY'], value);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^${code}: `));
    expect(stderr).toContain(says);
    expect(stderr).not.toMatch(/hunter2|JSON/);
    expect(await stored()).toEqual(new Map([['ANTHROPIC_API_KEY', '']]));
  });

  test.each([
    ['ANTROPIC_API_KEY', 'Did you mean ANTHROPIC_API_KEY?'],
    ['openai_api_key', 'Did you mean OPENAI_API_KEY?'],
    ['OUR_OWN_THING', '${OUR_OWN_THING}'],
  ])('%s, which nothing reads, is kept with a hint', async (name, hint) => {
    const { exitCode, stderr } = type(desk, ['secret', 'set', name], 'x');
    expect(exitCode).toBe(0);
    expect(stderr).toContain('SECRET_NAME_UNKNOWN: ');
    expect(stderr).toContain(hint);
    expect((await stored()).get(name)).toBe('x');
  });

  test.each(['FAL_KEY', 'TELEGRAM_BOT_TOKEN', 'GROQ_API_KEY'])('%s needs no hint', (name) => {
    expect(type(desk, ['secret', 'set', name], 'x').stderr).not.toContain('SECRET_NAME_UNKNOWN');
  });

  test('what the config refers to needs no hint either', () => {
    writeFileSync(join(directory.efs, 'openclaw.json'), '{ token: "${OUR_OWN_THING}" }');
    expect(type(desk, ['secret', 'set', 'OUR_OWN_THING'], 'x').stderr).not.toContain('SECRET_NAME_UNKNOWN');
    expect(type(desk, ['secret', 'set', 'OWN_THING'], 'x').stderr).toContain('SECRET_NAME_UNKNOWN');
  });

  test('before the first start says what is missing, and makes no folder', () => {
    const other = newDesk();
    const { exitCode, stderr } = type(other, ['secret', 'set', 'FAL_KEY'], 'x');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^POD_NOT_RUNNING: .*a secret needs a pod that ran once/);
  });
});

test.each(inherited)(
  'a secret that AWS took with the key %s is refused on the instance by name',
  async (name) => {
    const secrets = await openSecretsManager(directory, region);
    // Whoever writes to Secrets Manager by other means is not asked there.
    await secrets.put(arn, `{"ANTHROPIC_API_KEY":"sk-1",${JSON.stringify(name)}:"hunter2"}`);
    const text = await secrets.get(arn);
    expect(() => parseSecretValue(text, arn)).toThrow(
      expect.objectContaining({
        code: 'SECRET_INVALID',
        message: expect.stringContaining(JSON.stringify(name)),
      }),
    );
    // The stand-in keeps it as it came, and so does a change of another key.
    await putSecret(directory, 'FAL_KEY', 'x');
    expect((await stored()).get(name)).toBe('hunter2');
  },
);

test('a folder that is no data directory is not made one', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clawharbor-none-'));
  const { stderr } = type(desk, ['secret', 'set', 'FAL_KEY', '--data-dir', folder], 'x');
  expect(stderr).toMatch(/^POD_NOT_RUNNING: /);
});
