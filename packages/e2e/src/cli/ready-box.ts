import { stripVTControlCharacters } from 'node:util';
import type { ReadyEvent } from '../pod/events.ts';
import { commandToType } from './commands-to-type.ts';
import { startPage } from './start-page.ts';

/**
 * What a person needs to know once a pod is ready: where it is, who can log in, and what to type next.
 * @param columns of the terminal; where the frame would not fit there is none, so that no line is broken
 */
export function readyBox(ready: ReadyEvent, columns: number | undefined): string {
  const rows = [
    `The pod is ready, ${seconds(ready.durationMs)} after the start.`,
    '',
    `URL        ${startPage(ready.url)}`,
    `login page ${ready.loginUrl}  (the URL leads there)`,
    ...ready.users.flatMap(({ role, username, password }) => [
      `${role.padEnd(10)} ${username}`,
      `           ${password}`,
    ]),
    `instance   ${ready.instanceId}`,
    '',
    'Your browser will warn once for each of the two: their certificate was made',
    'on this machine. Next, in another terminal:',
    '',
    ...nextCommands(ready.dataDir).map((command) => `  ${command}`),
    '',
    'Ctrl-C stops everything; your config and conversations stay.',
  ];
  const width = Math.max(...rows.map((row) => stripVTControlCharacters(row).length));
  if (columns !== undefined && width + 4 > columns) return `\n${rows.join('\n')}\n`;
  const bar = '─'.repeat(width + 2);
  return `\n╭${bar}╮\n${rows.map((row) => `│ ${row.padEnd(width)} │\n`).join('')}╰${bar}╯\n`;
}

function nextCommands(dataDir: string): string[] {
  return ['status', 'replace', 'secret set ANTHROPIC_API_KEY < key.txt'].map((words) =>
    commandToType(words, dataDir),
  );
}

function seconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 1000)} s`;
}
