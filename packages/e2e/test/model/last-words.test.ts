import { expect, test } from 'vitest';
import { lastWords } from '../../src/model/last-words.ts';

const user = (content: string) => ({ role: 'user', content });
const context =
  '<<<BEGIN_OPENCLAW_INTERNAL_CONTEXT>>>\nThe time is now.\n<<<END_OPENCLAW_INTERNAL_CONTEXT>>>';

test.each([
  ['words as they are', [user('hello')], 'hello'],
  ['words after a note', [user('[Sun 19:08] hello')], 'hello'],
  ['words before what the gateway adds', [user(`hello\n\n${context}`)], 'hello'],
  ['words of the message before one that is the gateway’s alone', [user('hello'), user(context)], 'hello'],
  ['words before what the gateway runs on', [user('hello\n\nRuntime: agent=main | os=Linux')], 'hello'],
  ['nothing where nobody spoke', [user(context), { role: 'assistant', content: 'hi' }], ''],
])('are %s', (_, messages, words) => {
  expect(lastWords(messages)).toBe(words);
});
