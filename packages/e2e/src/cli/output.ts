import { styleText } from 'node:util';
import ora, { type Ora } from 'ora';
import type { PodEvent, ReadyEvent } from '../pod/events.ts';

/** Tells a person or a program what a pod does. */
export interface Output {
  event(event: PodEvent): void;
  /** The end of a failed command: one line, with a stable code. */
  failure(code: string, message: string): void;
}

/** One JSON object per line on stdout; nothing else goes there. */
export function jsonOutput(): Output {
  const line = (value: unknown) => void process.stdout.write(`${JSON.stringify(value)}\n`);
  return {
    event: line,
    failure: (code, message) => {
      line({ event: 'error', code, message });
      process.stderr.write(`${code}: ${message}\n`);
    },
  };
}

/** Progress on a terminal (plain lines elsewhere), then a short box. */
export function terminalOutput(): Output {
  let spinner: Ora | undefined;
  const settle = (symbol: string, text: string) => {
    spinner?.stop();
    spinner = undefined;
    process.stderr.write(`${symbol} ${text}\n`);
  };
  return {
    event(event) {
      switch (event.event) {
        case 'step': {
          const seconds =
            event.durationMs === undefined
              ? ''
              : styleText('dim', ` ${(event.durationMs / 1000).toFixed(1)} s`);
          if (event.status === 'started') {
            spinner?.stop();
            spinner = ora({
              text: event.step,
              stream: process.stderr,
              isSilent: !process.stderr.isTTY,
            }).start();
          } else settle(marks[event.status], `${event.step}${seconds}${detailOf(event.detail)}`);
          break;
        }
        case 'instance':
          settle(
            '·',
            styleText('dim', `${event.instanceId} ${event.state}${event.reason ? `: ${event.reason}` : ''}`),
          );
          break;
        case 'warning':
          settle(styleText('yellow', '!'), `${event.code}: ${event.message}`);
          break;
        case 'ready':
          settle('', '');
          process.stdout.write(box(event));
          break;
        case 'replaced':
          settle(
            marks.changed,
            `replaced by ${event.instanceId} in ${(event.durationMs / 1000).toFixed(0)} s`,
          );
          break;
        case 'stopped':
          settle('·', 'stopped');
      }
    },
    failure(code, message) {
      settle(styleText('red', '✖'), `${code}: ${message}`);
    },
  };
}

const marks = {
  changed: styleText('green', '✔'),
  unchanged: styleText('dim', '✔'),
  skipped: styleText('dim', '-'),
  failed: styleText('red', '✖'),
};

function detailOf(detail: readonly string[] | undefined): string {
  return detail && detail.length > 0 ? styleText('dim', `  ${detail.join('; ').slice(0, 120)}`) : '';
}

function box(ready: ReadyEvent): string {
  const rows = [
    'The pod is ready.',
    '',
    `URL       ${ready.url}`,
    ...ready.users.flatMap((user) => [
      `${user.role.padEnd(9)} ${user.username}`,
      `          ${user.password}`,
    ]),
    `instance  ${ready.instanceId}`,
    '',
    'Your browser will warn once: the certificate was made on this machine.',
    'Ctrl-C stops everything; your config and conversations stay.',
  ];
  const width = Math.max(...rows.map((row) => row.length));
  const line = (row: string) => `│ ${row.padEnd(width)} │\n`;
  const bar = '─'.repeat(width + 2);
  return `╭${bar}╮\n${rows.map(line).join('')}╰${bar}╯\n`;
}
