import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { answerMark, Conversation, NoAnswer } from '../src/host/conversation.ts';

const never = new AbortController().signal;

/** A program in the words of a shell; `say` writes an answer. */
function talkTo(script: string, signal: AbortSignal = never): Conversation {
  const say = `say() { printf '%s%s\\n' '${answerMark}' "$1"; }`;
  const command = { file: 'sh', args: ['-c', `${say}\n${script}`] };
  return new Conversation(command, { PATH: process.env['PATH'] ?? '' }, signal);
}

async function untilGone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await sleep(20);
  }
}

test('a program is asked again and again, whatever it prints besides', async () => {
  const talk = talkTo('while read -r line; do echo "some log"; echo "and more" >&2; say "heard $line"; done');
  expect(await talk.ask('one', 20)).toBe('heard one');
  expect(await talk.ask('two', 20)).toBe('heard two');
  expect(talk.isOver).toBe(false);
  await talk.close();
  expect(talk.isOver).toBe(true);
  await talk.close();
});

test('an answer may come in many parts', async () => {
  const talk = talkTo(
    `while read -r line; do printf '%s' '${answerMark}first '; sleep 0.2; echo second; done`,
  );
  expect(await talk.ask('one', 20)).toBe('first second');
  await talk.close();
});

test('one that ends instead of answering has had its last words', async () => {
  const talk = talkTo('read -r line; echo "no state here" >&2; exit 3');
  await expect(talk.ask('one', 20)).rejects.toThrow(new NoAnswer('no state here'));
  await expect(talk.ask('two', 20)).rejects.toThrow(NoAnswer);
  expect(talk.isOver).toBe(true);
});

test('one that cannot be started says so', async () => {
  const talk = new Conversation({ file: '/nowhere/program', args: [] }, {}, never);
  await expect(talk.ask('one', 20)).rejects.toThrow(/ENOENT/);
});

test('one that takes too long is ended with what it has started', async () => {
  const talk = talkTo('read -r line; sleep 600 & say "$!"; wait');
  const pid = Number(await talk.ask('who are you?', 20));
  await expect(talk.ask('two', 1)).rejects.toThrow(new NoAnswer('it gave no answer within 1 s'));
  await untilGone(pid);
});

test('one that does not end by itself is ended', async () => {
  const talk = talkTo('read -r line; say "$$"; sleep 600');
  const pid = Number(await talk.ask('who are you?', 20));
  await talk.close();
  await untilGone(pid);
});

test('a stop is no answer of the program', async () => {
  const stop = new AbortController();
  const talk = talkTo('read -r line; sleep 600', stop.signal);
  setTimeout(() => stop.abort(new Error('told to stop')), 300);
  await expect(talk.ask('one', 20)).rejects.toThrow('told to stop');
  expect(() => talkTo('exit', stop.signal)).toThrow('told to stop');
});
