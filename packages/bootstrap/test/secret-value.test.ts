import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { redact } from '../src/secrets/redact.ts';
import { parseSecretValue, refusalOfName } from '../src/secrets/secret-value.ts';

const keyName = fc
  .stringMatching(/^[A-Z][A-Z0-9_]{0,20}_API_KEY$/)
  .filter((name) => refusalOfName(name) === undefined);
const longSecret = fc
  .string({ minLength: 4, maxLength: 60 })
  .filter((value) => value.replaceAll('*', '').length >= 4);

describe('the value of a secret', () => {
  test('gives each key as a variable', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          keyName,
          fc.string().filter((text) => !text.includes('\0')),
        ),
        (variables) => {
          expect(parseSecretValue(JSON.stringify(variables), 'it')).toEqual({ ...variables });
        },
      ),
    );
  });

  test('never appears in the message about it', () => {
    const marked = fc.string().map((text) => `hunter2-${text}`);
    const wrong = fc.oneof(
      marked,
      marked.map((value) => JSON.stringify([value])),
      marked.map((value) => JSON.stringify(value)),
      marked.map((value) => JSON.stringify({ PATH: value })),
      marked.map((value) => JSON.stringify({ KEY: { nested: value } })),
      marked.map((value) => JSON.stringify({ KEY: `${value}\0` })),
    );
    fc.assert(
      fc.property(wrong, (text) => {
        expect(() => parseSecretValue(text, 'it')).toThrow(
          expect.objectContaining({
            code: 'SECRET_INVALID',
            message: expect.not.stringContaining('hunter2'),
          }),
        );
      }),
    );
  });

  test.each([
    'PATH',
    'Path',
    'HOME',
    'LD_PRELOAD',
    'LD_LIBRARY_PATH',
    'NODE_OPTIONS',
    'AWS_SECRET_ACCESS_KEY',
    'OPENCLAW_GATEWAY_PASSWORD',
    'npm_config_registry',
    'https_proxy',
    'BASH_ENV',
    'PYTHONPATH',
    'A=B',
    '1A',
    '',
    'A B',
    'A\nB',
    ...Object.getOwnPropertyNames(Object.prototype),
  ])('cannot set %j, and the message names it', (name) => {
    expect(refusalOfName(name)).toBeDefined();
    // As text: an object literal would take __proto__ for something else.
    const text = `{"ANTHROPIC_API_KEY":"x",${JSON.stringify(name)}:"hunter2"}`;
    expect(() => parseSecretValue(text, 'it')).toThrow(
      expect.objectContaining({
        code: 'SECRET_INVALID',
        message: expect.stringContaining(`the key ${JSON.stringify(name)} `),
      }),
    );
  });

  test.each([
    'ANTHROPIC_API_KEY',
    'OPENAI_API_KEY',
    'TELEGRAM_BOT_TOKEN',
    'PATHFINDER_KEY',
    'HOMEPAGE_TOKEN',
    '_X',
  ])('can set %s', (name) => {
    expect(refusalOfName(name)).toBeUndefined();
  });
});

describe('a redacted text', () => {
  test('holds no secret, in none of the forms that logs give it', () => {
    fc.assert(
      fc.property(fc.array(longSecret, { minLength: 1, maxLength: 3 }), fc.string(), (secrets, filler) => {
        const forms = secrets.flatMap((secret) => [
          secret,
          JSON.stringify({ secret }),
          encodeURIComponent(secret),
        ]);
        const cleaned = redact(forms.join(filler.slice(0, 2)), Object.fromEntries(secrets.entries()));
        for (const secret of secrets) {
          // What is left may only be asterisks that stand for something.
          expect(cleaned.replaceAll('***', '')).not.toContain(secret);
        }
      }),
    );
  });

  test('has no line of a secret of many lines', () => {
    const key = '-----BEGIN KEY-----\nMIIEvQIBADAN\nBgkqhkiG9w0B\n-----END KEY-----';
    expect(redact('error near MIIEvQIBADAN in key', { KEY: key })).toBe('error near *** in key');
  });

  test('is otherwise untouched', () => {
    expect(redact('nothing to hide', { KEY: 'hunter2', SHORT: 'no' })).toBe('nothing to hide');
  });
});

test('a value that systemd would not read is refused by name', () => {
  for (const value of ['a\u{fffe}b', '\u{fdd0}', '\u{10ffff}', '\ud800']) {
    expect(() => parseSecretValue(JSON.stringify({ TOKEN: value }), 'the secret')).toThrow(/TOKEN.*not text/);
  }
});
