import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { main } from '../src/cli/main.ts';

let folder = '';

/** A folder for the files of one test. */
export async function newFolder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'config-merge-'));
  onTestFinished(() => rm(made, { recursive: true }));
  folder = made;
  return made;
}

export async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The command line in this process, with what it wrote. */
export async function run(args: readonly string[], { stdin = '', isTTY = false } = {}): Promise<Run> {
  const written = { out: '', err: '' };
  const code = await main(args, {
    stdout: { isTTY, write: (text) => (written.out += text) },
    stderr: { isTTY, write: (text) => (written.err += text) },
    readStdin: () => Promise.resolve(new TextEncoder().encode(stdin)),
  });
  return { code, ...written };
}
