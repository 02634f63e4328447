import { describe, expect, test } from 'vitest';
import { judgeAnswer } from '../src/openclaw/ask-model.ts';
import { judge, stillStands } from '../src/steps/smoke-test.ts';

const hour = 60 * 60 * 1000;
describe('what the gateway answers to a question to its model', () => {
  test('is an answer when it has a text', () => {
    const agentMeta = { provider: 'stand-in', model: 'one' };
    expect(
      judgeAnswer({ status: 'ok', result: { payloads: [{ text: 'ok' }], meta: { agentMeta } } }),
    ).toEqual({
      kind: 'answered',
      model: 'stand-in/one',
    });
  });

  test.each([[[]], [[{ text: '' }]], [[{ text: null }]]])('is no answer without one: %j', (payloads) => {
    expect(judgeAnswer({ status: 'ok', result: { payloads } })).toEqual({ kind: 'empty' });
  });

  test('is a failure in a form that nobody knows', () => {
    expect(judgeAnswer({ result: 'ok' })).toMatchObject({ kind: 'failed' });
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
