import { stripVTControlCharacters, styleText } from 'node:util';
import { Help } from 'commander';
import ora, { type Ora } from 'ora';
import type { PodEvent, SecretEvent, StepEvent } from '../pod/events.ts';
import type { Output } from './output.ts';
import { readyBox } from './ready-box.ts';

/** What a line that goes to a file or a pipe may take. */
const plainColumns = 120;

/**
 * Progress on a terminal (plain lines elsewhere), then a short box, and then only what happens. The terminal itself stays as
 * it is: no raw mode, no hidden cursor, so nothing needs to be put back, however this ends.
 */
export function terminalOutput(): Output {
  const { stderr, stdout } = process;
  let spinner: Ora | undefined;
  let isReady = false;
  let isStopping = false;

  /** One line for each thing that happened; a long one goes on below its text. */
  const say = (symbol: string, text: string) => {
    spinner?.stop();
    spinner = undefined;
    const lines = wrap(text, stderr.isTTY ? stderr.columns - 2 : undefined);
    stderr.write(`${symbol} ${lines.join('\n  ')}\n`);
  };

  const step = (event: StepEvent) => {
    if (event.status === 'started') {
      spinner?.stop();
      // Beside a box that stays, nothing moves.
      if (isReady || !stderr.isTTY) return;
      spinner = ora({ text: event.step, stream: stderr, discardStdin: false, hideCursor: false }).start();
      return;
    }
    const mark = marks[event.status];
    const idle = event.status === 'unchanged' || event.status === 'skipped';
    if (mark === undefined || (isReady && idle)) {
      spinner?.stop();
      return;
    }
    const duration = ` ${((event.durationMs ?? 0) / 1000).toFixed(1)} s`;
    const plain = `${event.step}${event.durationMs === undefined ? '' : duration}`;
    const text = `${event.step}${event.durationMs === undefined ? '' : styleText('dim', duration)}`;
    if (event.status === 'failed') return say(mark, [text, ...(event.detail ?? []).slice(-1)].join('  '));
    const room = (stderr.isTTY ? stderr.columns : plainColumns) - plain.length - 4;
    const detail = cut((event.detail ?? []).join('; '), room);
    say(mark, detail === '' ? text : `${text}  ${styleText('dim', detail)}`);
  };

  return {
    event(event: PodEvent) {
      // Who ends a pod wants to hear of the end.
      if (isStopping && event.event !== 'stopped') return;
      switch (event.event) {
        case 'step':
          step(event);
          break;
        case 'instance':
          if (isReady) say('·', styleText('dim', `${event.instanceId} ${event.state}`));
          break;
        case 'waiting':
          say('·', `waiting: ${event.why}`);
          break;
        case 'warning':
          say(styleText('yellow', '!'), `${event.code}: ${event.message}`);
          break;
        case 'found':
          say('·', `the pod in ${event.dataDir}`);
          break;
        case 'secret':
          say(event.state === 'restarting' ? '·' : marks.changed, aboutSecret(event));
          break;
        case 'person':
          say(
            marks.changed,
            `${event.action} ${event.username} (${event.sub})${event.password === undefined ? '' : `, password ${event.password}`}`,
          );
          break;
        case 'ready':
          spinner?.stop();
          isReady = true;
          stdout.write(readyBox(event, stdout.isTTY ? stdout.columns : undefined));
          break;
        case 'replaced':
          say(marks.changed, `replaced by ${event.instanceId} in ${seconds(event.durationMs)}`);
          break;
        case 'stopping':
          isStopping = true;
          say('·', 'stopping');
          break;
        case 'stopped':
          say('·', 'stopped');
      }
    },
    failure(code, message) {
      spinner?.stop();
      const lines = wrap(`${code}: ${message}`, stderr.isTTY ? stderr.columns : undefined);
      stderr.write(`${lines.join('\n').replace(code, styleText('red', code))}\n`);
    },
  };
}

/** A step that was stopped is not worth a line: that the pod was stopped is. */
const marks = {
  changed: styleText('green', '✔'),
  unchanged: styleText('dim', '✔'),
  skipped: styleText('dim', '-'),
  failed: styleText('red', '✖'),
  stopped: undefined,
};

function aboutSecret({ name, state, durationMs }: SecretEvent): string {
  const long = durationMs === undefined ? '' : ` It took ${seconds(durationMs)} last time.`;
  return {
    unchanged: `${name} has this value already: nothing to do`,
    stored: `${name} is stored: the gateway gets it when it starts`,
    restarting: `${name} is stored, and the gateway restarts to take it up: everybody is offline meanwhile, and connected again by itself after it.${long}`,
    live: `${name} is live, ${seconds(durationMs ?? 0)} after it was set`,
  }[state];
}

/** Breaks between words. @param columns undefined: lines stay as long as they are */
function wrap(text: string, columns: number | undefined): string[] {
  if (columns === undefined) return text.split('\n');
  const help = new Help();
  help.minWidthToWrap = 10;
  return help.boxWrap(text, columns).split('\n');
}

/** As much of a text as fits, whole words; nothing where hardly any would. */
function cut(text: string, room: number): string {
  const line = stripVTControlCharacters(text.replaceAll(/\s+/g, ' '));
  if (line.length <= room) return line;
  const end = line.lastIndexOf(' ', room - 1);
  return end < 10 ? '' : `${line.slice(0, end)}…`;
}

function seconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 1000)} s`;
}
