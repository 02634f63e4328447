import type { Report } from '../report.ts';
import { seconds, timelineOf, type Bar } from './timeline.ts';

const [width, nameWidth, timeWidth, row, top] = [760, 150, 70, 22, 64] as const;
const chart = width - nameWidth - timeWidth;

const colors = {
  critical: '#b45309',
  'start of the gateway': '#f59e0b',
  fence: '#a8a29e',
  late: '#d6d3d1',
  text: '#1c1917',
  line: '#e7e5e4',
} as const;

/** A run as a picture: one row for each step, dark what its end has waited for. It needs nothing beside it. */
export function timelineSvg(report: Report): string {
  const { title, ratio, bars, end, to } = timelineOf(report);
  const told = ratio === undefined ? title : `${title}, ${ratio}`;
  const height = top + bars.length * row + 44;
  const x = (at: number): number => round(nameWidth + (at / Math.max(1, to)) * chart);
  const rows = bars.map((bar, index) => rowOf(bar, top + index * row, x));
  const mark =
    end === undefined
      ? ''
      : `<line x1="${x(end)}" x2="${x(end)}" y1="${top - 6}" y2="${height - 38}" stroke="${colors.text}" stroke-dasharray="3 3"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="system-ui, sans-serif" font-size="13" fill="${colors.text}">
<title>${escaped(told)}</title>
<rect width="${width}" height="${height}" rx="6" fill="#ffffff" stroke="${colors.line}"/>
<text x="12" y="24" font-weight="600">${escaped(title)}</text>
<text x="12" y="44">${escaped(ratio ?? '')}</text>
${rows.join('\n')}
${mark}
${legend(height - 16)}
</svg>
`;
}

function rowOf(bar: Bar, y: number, x: (at: number) => number): string {
  const rect = (from: number, to: number, color: string): string =>
    `<rect x="${x(from)}" y="${y + 3}" width="${Math.max(1.5, round(x(to) - x(from)))}" height="${row - 6}" fill="${color}"/>`;
  const drawn = [
    rect(bar.from, bar.to, bar.isCritical ? colors.critical : colors.late),
    ...(bar.parts ?? []).map(({ name, from, to }) => rect(from, Math.min(to, bar.to), colors[name])),
  ];
  const took = `<text x="${width - 12}" y="${y + 15}" text-anchor="end">${seconds(bar.to - bar.from)}</text>`;
  return `<text x="12" y="${y + 15}">${escaped(bar.name)}</text>${drawn.join('')}${took}`;
}

function legend(y: number): string {
  const entries = [
    ['the end waited for it', colors.critical],
    ['the gateway starts', colors['start of the gateway']],
    ['the fence', colors.fence],
    ['nobody waited for it', colors.late],
  ] as const;
  return entries
    .map(([text, color], index) => {
      const left = 12 + index * 180;
      return `<rect x="${left}" y="${y - 10}" width="12" height="12" fill="${color}"/><text x="${left + 18}" y="${y}">${text}</text>`;
    })
    .join('');
}

const round = (value: number): number => Math.round(value * 10) / 10;

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
