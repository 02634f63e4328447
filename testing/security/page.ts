import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { waysIn } from '../../packages/e2e/e2e/attacks/index.ts';
import { commandProbes } from '../../packages/e2e/e2e/support/command-probes.ts';

export const page = join(import.meta.dirname, '../../docs/security.md');

/** What stands between `<!-- generated: NAME -->` and `<!-- end of NAME -->`; the rest of the page is written by hand. */
const parts: Readonly<Record<string, () => string>> = {
  attacks: () => {
    const tables = waysIn.map(({ heading, attacks }) => {
      const rows = attacks.map(({ id, sent, hope, refused }) => [id, sent, hope, `\`${refused}\``]);
      return `### ${heading}\n\n${table(['', 'what is sent', 'what for', 'answer'], rows)}`;
    });
    return [`${waysIn.flatMap(({ attacks }) => attacks).length} attacks.`, ...tables].join('\n\n');
  },
  'what a command reaches': () => {
    const probes = commandProbes({ gatewayPid: '1', port: 1, version: '0', key: 'x' });
    const rows = probes.map(({ what, before, apart }) => [what, yesOrNo(before), yesOrNo(apart)]);
    return table(['of a command', 'with the gateway', 'apart (default)'], rows);
  },
};

/** The text of docs/security.md with what its parts are now. */
export async function renderPage(): Promise<string> {
  const text = Object.entries(parts).reduce(
    (before, [name, render]) => {
      const [begin, end] = [`<!-- generated: ${name} -->`, `<!-- end of ${name} -->`];
      const [from, to] = [before.indexOf(begin), before.indexOf(end)];
      if (from < 0 || to < from) throw new Error(`docs/security.md: there is no ${begin} … ${end}`);
      return `${before.slice(0, from + begin.length)}\n\n${render()}\n\n${before.slice(to)}`;
    },
    readFileSync(page, 'utf8'),
  );
  return format(text, { ...(await resolveConfig(page)), parser: 'markdown' });
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const yesOrNo = (is: boolean): string => (is ? 'yes' : 'no');
