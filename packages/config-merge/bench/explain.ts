/** What it costs to ask a hundred times for a key inside a keyed array of 100,000 elements, against one merge of it. */
import { definePolicy, explain, mergeConfig, type JsonObject } from '../src/index.ts';

const elements = 100_000;
const calls = 100;
const rounds = 5;

/** Times a hundred calls may cost at most, in merges. */
export const explainLimit = 2;

/** Best times in milliseconds; each round asks a result that nobody has asked before. */
export function raceExplain(): { readonly merge: number; readonly explain: number } {
  const list = (name: string): JsonObject => ({
    models: Array.from({ length: elements }, (_, at) => ({
      id: `model-${at}`,
      name: at % 8 === 0 ? name : 'same',
    })),
  });
  const policy = definePolicy({ rules: [{ path: 'models', owner: 'managed', arrayKey: 'id' }] });
  const [live, desired, lastApplied] = [list('live'), list('desired'), list('applied')];
  const best = { merge: Infinity, explain: Infinity };
  for (let round = 0; round < rounds; round++) {
    globalThis.gc?.();
    const start = performance.now();
    const result = mergeConfig({ live, desired, lastApplied, policy });
    const merged = performance.now();
    for (let call = 0; call < calls; call++) explain(result, `models.model-${call * 997}.name`);
    best.explain = Math.min(best.explain, performance.now() - merged);
    best.merge = Math.min(best.merge, merged - start);
  }
  return best;
}
