import { appendFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

/** A time, what it is held against, and the most that it may be. Seconds. */
export interface Figure {
  readonly figure: string;
  readonly seconds: number;
  readonly over: number;
  readonly limit: number;
  /** What was wanted where the limit is more than that, and the decision that says why it is not to be had. */
  readonly aim?: { readonly ratio: number; readonly decision: number };
}

/** Prints the figures as soon as they are known, and keeps them in the file `FIGURES`; the process fails when one is over its limit. */
export function print(figures: readonly Figure[]): void {
  table(figures);
  const kept = process.env['FIGURES'];
  if (kept !== undefined)
    appendFileSync(kept, figures.map((figure) => `${JSON.stringify(figure)}\n`).join(''));
  for (const { figure, seconds, limit } of figures) {
    if (seconds <= limit) continue;
    console.log(`FAILS: ${figure}: ${seconds.toFixed(1)} s, at most ${limit.toFixed(1)} s`);
    process.exitCode = 1;
  }
}

export function table(figures: readonly Figure[]): void {
  console.table(
    figures.map(({ figure, seconds, over, limit, aim }) => ({
      figure,
      seconds: seconds.toFixed(1),
      over: over.toFixed(1),
      ratio: `${(seconds / over).toFixed(2)}×`,
      limit: `${(limit / over).toFixed(2)}× (${limit.toFixed(1)} s)`,
      aim: aim === undefined ? '' : `${aim.ratio}×, decision ${aim.decision}`,
    })),
  );
}

export interface Candidates {
  readonly ours: () => Promise<void>;
  readonly reference: () => Promise<void>;
  /** Ahead of each round, and not measured. */
  readonly before: () => Promise<void>;
}

/** Medians in seconds, of rounds in which both take turns: so both see the same machine. */
export async function compared(
  rounds: number,
  { ours, reference, before }: Candidates,
): Promise<{ readonly ours: number; readonly reference: number }> {
  const times: { readonly ours: number[]; readonly reference: number[] } = { ours: [], reference: [] };
  for (let round = 0; round < rounds; round++) {
    await before();
    times.ours.push(await timed(ours));
    times.reference.push(await timed(reference));
  }
  return { ours: median(times.ours), reference: median(times.reference) };
}

async function timed(work: () => Promise<void>): Promise<number> {
  const before = performance.now();
  await work();
  return (performance.now() - before) / 1000;
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
