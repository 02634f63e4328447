import { styleText } from 'node:util';
import type { Explanation } from '../explain.ts';
import type { Plan } from '../merge.ts';
import { quote } from '../path.ts';
import { printable } from '../printable.ts';
import type { Owner } from '../policy.ts';
import type { Op } from '../decide.ts';
import { redacted, type Change, type Warning } from '../report.ts';
import type { JsonValue } from '../json.ts';
import type { Output } from './terminal.ts';

type Format = Parameters<typeof styleText>[0];
type Style = (format: Format, text: string) => string;

const owners: readonly Owner[] = ['exclusive', 'managed', 'seeded', 'user'];

const signs: Record<Op, readonly [sign: string, format: Format]> = {
  add: ['+', 'green'],
  replace: ['~', 'yellow'],
  remove: ['-', 'red'],
  keep: ['=', 'dim'],
};

/** A plan for people: what changes, by who decides it, and why. */
export function planText({ changes, warnings, upToDate }: Plan, output: Output): string {
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
  { value, owner, source, reason }: Explanation,
  output: Output,
): string {
  const style = styleFor(output);
  const rows = [
    ['value', shown(value)],
    ['owner', owner],
    ['source', source],
    ['reason', printable(reason)],
  ];
  return [
    style('bold', printable(path)),
    ...rows.map(([name, text]) => `  ${name?.padEnd(6)}  ${text}`),
    '',
  ].join('\n');
}

function changeText({ path, op, before, after, reason }: Change, style: Style): string {
  const [sign, format] = signs[op];
  return `${style(format, `  ${sign} ${path}${valuesText(op, before, after)}`)}\n      ${style('dim', printable(reason))}`;
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
