interface Message {
  readonly role: string;
  readonly content: string;
}

/**
 * What the user said last. A gateway puts notes in brackets around it (a time, a message id): lines of notes are passed
 * over, and a note before the words is cut off.
 */
export function lastWords(messages: readonly Message[]): string {
  const said = messages.findLast(({ role }) => role === 'user')?.content ?? '';
  const lines = said.split('\n').map((line) => line.trim());
  const words = lines.findLast((line) => line !== '' && !/^\[[^\]]*\]$/.test(line)) ?? '';
  return words.replace(/^(\[[^\]]*\]\s*)+/, '');
}
