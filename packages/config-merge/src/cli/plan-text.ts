import { styleText } from 'node:util';
import type { Explanation } from '../explain.ts';
import { quote } from '../path.ts';
import { printable } from '../printable.ts';
import { owners } from '../policy.ts';
import type { Op } from '../decide.ts';
import { redacted, type Warning } from '../report.ts';
import type { JsonValue } from '../json.ts';
import type { Effect } from '../openclaw/effects.ts';
import type { PlanWithEffects } from './effects.ts';
import type { Output } from './terminal.ts';

type Format = Parameters<typeof styleText>[0];
type Style = (format: Format, text: string) => string;

const signs: Record<Op, readonly [sign: string, format: Format]> = {
  add: ['+', 'green'],
  replace: ['~', 'yellow'],
  remove: ['-', 'red'],
  keep: ['=', 'dim'],
};

const effects: Readonly<Record<Effect, string>> = {
  live: 'live at once',
  reconnect: 'live at once, everybody reconnects',
  restart: 'restarts the gateway',
};

/** A plan for people: what changes, by who decides it, why, and what it does to a gateway that runs. */
export function planText({ changes, warnings, upToDate }: PlanWithEffects, output: Output): string {
  const style = styleFor(output);
  const groups = owners.flatMap((owner) => {
    const own = changes.filter((change) => change.owner === owner);
    return own.length === 0
      ? []
      : [[style('bold', owner), ...own.map((change) => changeText(change, style))].join('\n')];
  });
  const count = (op: Op): number => changes.filter((change) => change.op === op).length;
  const summary = upToDate
    ? `Nothing to change${count('keep') === 0 ? '' : `, ${count('keep')} kept`}.`
    : `${count('add')} to add, ${count('replace')} to replace, ${count('remove')} to remove, ${count('keep')} kept.`;
  const blocks = [...groups, warningLines(warnings, output).trimEnd(), style('bold', summary)];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

export function warningLines(warnings: readonly Warning[], output: Output): string {
  const style = styleFor(output);
  return warnings
    .map(({ code, message }) => `${style('yellow', `! ${code}`)} ${printable(message)}\n`)
    .join('');
}

export function explanationText(
  path: string,
  { value, owner, source, reason, files = [] }: Explanation & { readonly files?: readonly string[] },
  output: Output,
): string {
  const style = styleFor(output);
  const rows = [
    ['value', shown(value)],
    ['owner', owner],
    ['source', source],
    ['reason', printable(reason)],
    ...files.map((file) => ['file', printable(file)]),
  ];
  return [
    style('bold', printable(path)),
    ...rows.map(([name, text]) => `  ${name?.padEnd(6)}  ${text}`),
    '',
  ].join('\n');
}

function changeText(change: PlanWithEffects['changes'][number], style: Style): string {
  const { path, op, before, after, reason, effect, files = [] } = change;
  const [sign, format] = signs[op];
  const where = files.map((file) => `\n      ${style('dim', `in ${printable(file)}`)}`).join('');
  const told =
    effect === undefined ? '' : `\n      ${style(effect === 'live' ? 'dim' : 'yellow', effects[effect])}`;
  return `${style(format, `  ${sign} ${path}${valuesText(op, before, after)}`)}\n      ${style('dim', printable(reason))}${where}${told}`;
}

function valuesText(op: Op, before: JsonValue | undefined, after: JsonValue | undefined): string {
  if (op === 'replace') return `: ${shown(before)} → ${shown(after)}`;
  const value = op === 'remove' ? before : after;
  return value === undefined ? '' : `: ${shown(value)}`;
}

function shown(value: JsonValue | undefined): string {
  if (value === undefined) return 'none';
  if (value === redacted) return redacted;
  const text = quote(value);
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}

function styleFor(output: Output): Style {
  const colour = output.isTTY === true && process.env['NO_COLOR'] === undefined;
  return (format, text) => (colour ? styleText(format, text, { validateStream: false }) : text);
}
