/**
 * Every figure of a pod, each a ratio within its own run: starts (`start.ts`), chats and what an idle pod costs on a slow file system
 * (`chats.ts`), and what happens in the life of a pod (`life.ts`). One after the other, on a machine that does nothing else: else
 * they lie. The whole table comes at the end; fails when a figure is over its limit.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { table, type Figure } from './figures.ts';

/** What the limits need; `bench:chats` alone takes more. */
const latencies = { LATENCIES: '0,1000', MODES: 'replicated,efs' };

const scratch = mkdtempSync(join(tmpdir(), 'clawharbor-bench-'));
const FIGURES = join(scratch, 'figures');
writeFileSync(FIGURES, '');
try {
  for (const bench of ['start', 'chats', 'life']) {
    console.error(`bench/${bench}.ts`);
    const program = [...process.execArgv, join(import.meta.dirname, `${bench}.ts`)];
    const env = { ...latencies, ...process.env, FIGURES };
    const { status } = spawnSync(process.execPath, program, { stdio: 'inherit', env });
    if (status !== 0) process.exitCode = 1;
  }
  const lines = readFileSync(FIGURES, 'utf8').split('\n').filter(Boolean);
  table(lines.map((line) => JSON.parse(line) as Figure));
} finally {
  rmSync(scratch, { recursive: true });
}
