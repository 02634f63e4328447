interface Message {
  readonly role: string;
  readonly content: string;
}

/** What a gateway tells the model in the user's place, between markers. */
const internal = /<<<BEGIN_([A-Z_]+)>>>[^]*?<<<END_\1>>>/g;

/**
 * What the user said last. A gateway puts notes in brackets around it (a time, a message id), and on the first message of a
 * session tells what it runs on, after the words: lines of notes are passed over, a note before the words is cut off, and
 * the first line that is left counts. What stands between its own markers was said by nobody.
 */
export function lastWords(messages: readonly Message[]): string {
  const said = messages.filter(({ role }) => role === 'user').map(({ content }) => wordsOf(content));
  return said.findLast((words) => words !== '') ?? '';
}

function wordsOf(content: string): string {
  const lines = content
    .replaceAll(internal, '')
    .split('\n')
    .map((line) => line.trim());
  const words = lines.find((line) => line !== '' && !/^(\[[^\]]*\]|#.*|Runtime: .*)$/.test(line)) ?? '';
  return words.replace(/^(\[[^\]]*\]\s*)+/, '');
}
