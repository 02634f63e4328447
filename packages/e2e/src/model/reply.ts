interface Message {
  readonly role: string;
  readonly content: string;
}

const introduction =
  'I am the stand-in model of this pod, and no intelligence. Write "Say ahoy", and I say: ahoy.';

/**
 * What the stand-in answers: `You said: WORDS` to a line `Say WORDS` that came since its last answer, the newest if there are
 * several; an introduction to everything else. It has to be asked like that because a gateway wraps what a person writes in
 * notes of its own (who wrote, when, what it runs on), whose shape changes with its version.
 */
export function replyTo(messages: readonly Message[]): string {
  const sinceLastAnswer = messages.slice(messages.findLastIndex(({ role }) => role === 'assistant') + 1);
  const request = sinceLastAnswer
    .filter(({ role }) => role === 'user')
    .flatMap(({ content }) => content.split('\n'))
    .map((line) => /^(?:\[[^\]]*\]\s*)?say\s+(?<words>.+)$/i.exec(line.trim())?.groups?.['words'])
    .findLast((words) => words !== undefined);
  return request === undefined ? introduction : `You said: ${request}`;
}
