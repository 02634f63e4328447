import { describe, expect, test } from 'vitest';
import { judgeAnswer } from '../src/openclaw/ask-model.ts';
import { judge, stillStands } from '../src/steps/smoke-test.ts';

const hour = 60 * 60 * 1000;
const asIs = (text: string) => text;

describe('what OpenClaw prints of a question to a model', () => {
  test('is an answer when it has a text', () => {
    const stdout = JSON.stringify({
      ok: true,
      provider: 'stand-in',
      model: 'one',
      outputs: [{ text: 'ok' }],
    });
    expect(judgeAnswer({ exitCode: 0, stdout, stderr: '' }, asIs)).toEqual({
      kind: 'answered',
      model: 'stand-in/one',
    });
  });

  test.each([[[]], [[{ text: '' }]], [[{ text: null }]]])('is no answer without one: %j', (outputs) => {
    const stdout = JSON.stringify({ ok: true, outputs });
    expect(judgeAnswer({ exitCode: 0, stdout, stderr: '' }, asIs)).toEqual({ kind: 'empty' });
  });

  test('is the reason of the provider when it fails, without secrets and not too long', () => {
    const stderr = `${'noise\n'.repeat(500)}Error: 401 Incorrect API key provided: sk-very-secret.`;
    const hide = (text: string) => text.replaceAll('sk-very-secret', '***');
    const { kind, why } = judgeAnswer({ exitCode: 1, stdout: '', stderr }, hide) as {
      kind: string;
      why: string;
    };
    expect(kind).toBe('failed');
    expect(why).toContain('401 Incorrect API key provided: ***');
    expect(why.length).toBeLessThanOrEqual(600);
    expect(judgeAnswer({ exitCode: 124, stdout: '', stderr: '' }, asIs)).toEqual({
      kind: 'failed',
      why: 'it ended with code 124',
    });
  });
});

describe('an outcome', () => {
  const now = { basis: 'a', at: 1_000 * hour };

  test('stands for a day when the model answered, and for an hour when it did not', () => {
    const answered = judge({ kind: 'answered', model: 'x/y' }, { ...now, empty: 2 });
    expect(answered).toEqual({ ...now, empty: 0 });
    expect(stillStands(answered, 'a', now.at + 23 * hour)).toBe(true);
    expect(stillStands(answered, 'a', now.at + 24 * hour)).toBe(false);
    const failed = judge({ kind: 'failed', why: 'no' }, { ...now, empty: 0 });
    expect(stillStands(failed, 'a', now.at + hour - 1)).toBe(true);
    expect(stillStands(failed, 'a', now.at + hour)).toBe(false);
  });

  test('does not stand for another process or other models, nor before it came', () => {
    const answered = judge({ kind: 'answered', model: 'x/y' }, { ...now, empty: 0 });
    expect(stillStands(answered, 'b', now.at)).toBe(false);
    expect(stillStands(answered, 'a', now.at - hour)).toBe(false);
    expect(stillStands(undefined, 'a', now.at)).toBe(false);
  });

  test('of another model than the default one is no answer of that', () => {
    const asked = (wanted: string | undefined, model: string) =>
      judge({ kind: 'answered', model }, { ...now, empty: 0, wanted }).why;
    expect(asked('amazon-bedrock/eu.nova:0', 'stand-in/one')).toBe(
      'stand-in/one answered in place of amazon-bedrock/eu.nova:0',
    );
    expect(asked('z.ai/glm-5@work', 'zai/GLM-5')).toBeUndefined();
    expect(asked('groq/openai/gpt-oss', 'groq/openai/gpt-oss')).toBeUndefined();
    expect(asked(undefined, 'stand-in/one')).toBeUndefined();
  });

  test('of an empty end is none, until the third', () => {
    const first = judge({ kind: 'empty' }, { ...now, empty: 0 });
    expect(first.why).toBeUndefined();
    expect(stillStands(first, 'a', now.at + 1)).toBe(false);
    const third = judge({ kind: 'empty' }, { ...now, empty: 2 });
    expect(third.why).toContain('3 times');
    expect(stillStands(third, 'a', now.at + 1)).toBe(true);
  });
});
