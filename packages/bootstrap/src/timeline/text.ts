import type { Report } from '../report.ts';
import { seconds, timelineOf, type Bar } from './timeline.ts';

/** With names of 18 and times of 7 characters: a line has 80. */
const barWidth = 50;

/** A run as lines of a terminal of 80 columns, without colors: full blocks are what its end has waited for. */
export function timelineText(report: Report): string {
  const { title, ratio, bars, to } = timelineOf(report);
  const lines = bars.map((bar) => lineOf(bar, to));
  const legend = '█ the end waited for it   ▓ the gateway starts   ▒ the fence   ░ nobody waited';
  return [title, ...(ratio === undefined ? [] : [ratio]), '', ...lines, '', legend, ''].join('\n');
}

function lineOf(bar: Bar, whole: number): string {
  const column = (at: number): number => Math.min(barWidth, Math.round((at / whole) * barWidth));
  const width = Math.max(1, column(bar.to) - column(bar.from));
  const drawn = Array.from({ length: width }, (_, index) => {
    const at = ((column(bar.from) + index + 0.5) / barWidth) * whole;
    const part = bar.parts?.find(({ from, to }) => at >= from && at < to)?.name;
    if (part !== undefined) return part === 'fence' ? '▒' : '▓';
    return bar.isCritical ? '█' : '░';
  }).join('');
  const room = ' '.repeat(Math.min(column(bar.from), barWidth - width));
  return `${bar.name.padEnd(19)}${`${room}${drawn}`.padEnd(barWidth)} ${seconds(bar.to - bar.from).padStart(8)}`;
}
