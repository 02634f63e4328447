interface Message {
  readonly role: string;
  readonly content: string;
}

/** A tool that the model wants to have run, with its arguments as JSON. */
export interface ToolCall {
  readonly name: string;
  readonly arguments: string;
}

const introduction =
  'I am the stand-in model of this pod, and no intelligence. Write "Say ahoy", and I say: ahoy.';

/**
 * What the stand-in answers: `You said: WORDS` to a line `Say WORDS` that came since its last answer, the newest if there are
 * several; `It answered: RESULT` once a tool that it wanted was run; an introduction to everything else. It has to be asked
 * like that because a gateway wraps what a person writes in notes of its own (who wrote, when, what it runs on), whose shape
 * changes with its version.
 */
export function replyTo(messages: readonly Message[]): string {
  const result = sinceLastAnswer(messages).findLast(({ role }) => role === 'tool');
  if (result !== undefined) return `It answered: ${result.content}`;
  const words = lineOf(messages, /^say\s+(?<words>.+)$/i)?.['words'];
  return words === undefined ? introduction : `You said: ${words}`;
}

/**
 * The tool that a line `Use NAME {ARGUMENTS}` since its last answer asks for, the newest if there are several; undefined if
 * none does, or if a tool was run since. Whether the gateway offers that tool is not asked: a model may want anything.
 */
export function toolFor(messages: readonly Message[]): ToolCall | undefined {
  if (sinceLastAnswer(messages).some(({ role }) => role === 'tool')) return undefined;
  const asked = lineOf(messages, /^use\s+(?<name>[\w.-]+)\s+(?<parameters>\{.*\})$/i);
  return asked && { name: asked['name']!, arguments: asked['parameters']! };
}

function sinceLastAnswer(messages: readonly Message[]): readonly Message[] {
  return messages.slice(messages.findLastIndex(({ role }) => role === 'assistant') + 1);
}

function lineOf(messages: readonly Message[], form: RegExp): Record<string, string> | undefined {
  return sinceLastAnswer(messages)
    .filter(({ role }) => role === 'user')
    .flatMap(({ content }) => content.split('\n'))
    .map((line) => form.exec(line.trim().replace(/^\[[^\]]*\]\s*/, ''))?.groups)
    .findLast((groups) => groups !== undefined);
}
