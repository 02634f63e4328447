import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { repository, sources } from './clone.ts';

export interface Documented {
  /** The file that tells people to type it. */
  readonly file: string;
  readonly line: number;
  readonly command: string;
}

/** Markdown that people read; the notes of a change are history. */
const documents = () => sources('*.md').filter((file) => !file.startsWith('.changeset/'));

/** Every command of a block that is marked as shell, without comments; a line that ends in a backslash goes on. */
export function commandsInBlocks(): Documented[] {
  return documents().flatMap((file) => {
    const text = readFileSync(join(repository, file), 'utf8');
    return [...text.matchAll(/^```(?:sh|bash|shell|console)\n(.*?)^```/gms)].flatMap(({ index, 1: block }) =>
      commandsOf(block!).map((command) => ({ file, line: text.slice(0, index).split('\n').length, command })),
    );
  });
}

function commandsOf(block: string): string[] {
  return block
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.replace(/(^|\s+)#.*$/, '').trim())
    .filter(Boolean);
}

/** Commands in the middle of a sentence, and in what programs say. */
export function commandsInText(): Documented[] {
  const named = /`((?:npx|clawharbor-[a-z]+) [^`\n]+)`/g;
  const said = /\b(npx (?:-p \S+ )?[a-z][\w@/.-]*(?: [\w@/:.-]+)*)/g;
  const programs = sources('packages/*/src/*.ts', 'bin/*', 'packages/*/*.ts', '.ci/*', '.projenrc.ts');
  return [
    ...documents().flatMap((file) => matches(file, named)),
    ...programs.flatMap((file) => matches(file, said)),
  ];
}

function matches(file: string, pattern: RegExp): Documented[] {
  const text = readFileSync(join(repository, file), 'utf8');
  return [...text.matchAll(pattern)].map(({ index, 1: command }) => ({
    file,
    line: text.slice(0, index).split('\n').length,
    command: command!,
  }));
}

export interface Call {
  /** As npx looks it up, or a program of this repository that is named without it. */
  readonly program: string;
  readonly words: readonly string[];
  readonly options: readonly string[];
  /** Where it is typed: the folder of the file that says so. */
  readonly folder: string;
}

/** What a command line calls by npx, or by the name of a command of this repository. */
export function callsOf({ command, file }: Documented): Call[] {
  return command.split(/&&|\|\||[|;]/).flatMap((part) => {
    const words = part.replace(/<.*$/, '').trim().split(/\s+/);
    if (words[0] === 'npx') words.shift();
    else if (!/^clawharbor-[a-z]+$/.test(words[0] ?? '')) return [];
    while (words[0]?.startsWith('-')) words.splice(0, words[0] === '-p' ? 2 : 1);
    const [program = '', ...rest] = words;
    const end = rest.findIndex((word) => !/^[a-z][\w:.-]*$/.test(word));
    return [
      {
        program,
        words: end === -1 ? rest : rest.slice(0, end),
        options: rest.filter((word) => word.startsWith('--')).map((word) => word.split('=')[0]!),
        folder: dirname(file).replace(/^(packages\/[^/]+)\/.*$/, '$1'),
      },
    ];
  });
}
