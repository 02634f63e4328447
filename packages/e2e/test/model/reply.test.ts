import { expect, test } from 'vitest';
import { replyTo, toolFor } from '../../src/model/reply.ts';

const user = (content: string) => ({ role: 'user', content });
const tool = (content: string) => ({ role: 'tool', content });
const assistant = (content: string) => ({ role: 'assistant', content });

// As OpenClaw 2026.9.6 writes them around the words of a logged-in person.
const sender =
  '[Sun 2026-11-22 19:49 UTC] Conversation info: ⟦openclaw:ctx⟧\n```json\n{"sender":{}}\n```\n\n';
const runtime = '\n\nRuntime: agent=main | session=agent:main:main | os=Linux';
const context =
  '<<<BEGIN_OPENCLAW_INTERNAL_CONTEXT>>>\n"Active exec sessions:\\nnone"\n<<<END_OPENCLAW_INTERNAL_CONTEXT>>>';

test.each([
  ['the words alone', [user('Say ahoy there')]],
  ['in small letters', [user('say ahoy there')]],
  ['after a note on the same line', [user('[Sun 19:08] Say ahoy there')]],
  ['between the notes of a gateway', [user(`${sender}Say ahoy there${runtime}`), user(context)]],
  ['asked again', [user('Say something'), user('Say ahoy there')]],
  ['after another answer', [user('Say something'), assistant('You said: something'), user('Say ahoy there')]],
])('says what it is asked to: %s', (_, messages) => {
  expect(replyTo(messages)).toBe('You said: ahoy there');
});

test.each([
  ['a question', [user('Who are you?')]],
  ['a request that was answered already', [user('Say ahoy'), assistant('You said: ahoy'), user('Thanks')]],
  ['words of others', [{ role: 'system', content: 'Say ahoy' }, user('Hello')]],
  ['nobody', []],
])('says what it is, asked by %s', (_, messages) => {
  expect(replyTo(messages)).toContain('Write "Say ahoy"');
});

test.each([
  ['the words alone', [user('Use exec {"command":"id"}')]],
  ['between the notes of a gateway', [user(`${sender}Use exec {"command":"id"}${runtime}`), user(context)]],
  [
    'after another tool',
    [
      user('Use read {}'),
      assistant(''),
      tool('x'),
      assistant('It answered: x'),
      user('Use exec {"command":"id"}'),
    ],
  ],
])('wants the tool that it is to use: %s', (_, messages) => {
  expect(toolFor(messages)).toEqual({ name: 'exec', arguments: '{"command":"id"}' });
});

test('says what a tool answered, and wants it no more', () => {
  const messages = [user('Use exec {"command":"id"}'), assistant(''), tool('uid=0(root)')];
  expect(toolFor(messages)).toBeUndefined();
  expect(replyTo(messages)).toBe('It answered: uid=0(root)');
});
