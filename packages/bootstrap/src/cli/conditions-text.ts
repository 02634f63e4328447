import type { Condition } from '../conditions.ts';
import type { Report } from '../report.ts';

const order: readonly Condition['status'][] = ['False', 'Unknown', 'True'];

/** For people: how the pod stands, a line for each condition, what does not hold first. */
export function conditionsText({ conditions, generation, finishedAt }: Report): string {
  const width = Math.max(0, ...conditions.map(({ type }) => type.length));
  const lines = conditions
    .toSorted((a, b) => order.indexOf(a.status) - order.indexOf(b.status))
    .map(({ type, status, since, reason, message }) => {
      const told = status === 'True' ? '' : `\n    ${message.replaceAll('\n', '\n    ')}`;
      return `${status.padEnd(8)} ${type.padEnd(width)}  since ${since}  ${reason}${told}\n`;
    });
  return [`As of ${finishedAt}, spec ${generation ?? 'unknown'}:\n`, ...lines].join('');
}
