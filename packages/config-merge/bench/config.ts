import type { JsonObject, JsonValue } from '../src/index.ts';

/** A config in the shape of real ones: sections, nested settings, lists of objects with an id, plain lists. */
function section(seed: number): JsonObject {
  return {
    enabled: seed % 2 === 0,
    label: `section ${seed}`,
    limits: { requests: seed, seconds: 60, retry: { attempts: 3, delay: 250 } },
    allowed: ['read', 'write', `scope-${seed}`],
    models: Array.from({ length: 4 }, (_, at) => ({
      id: `model-${at}`,
      name: `Model ${at} of ${seed}`,
      contextWindow: 200_000 + seed,
      input: ['text', 'image'],
    })),
  };
}

export interface BenchInput {
  readonly live: JsonObject;
  readonly desired: JsonObject;
  readonly lastApplied: JsonObject;
}

/** Live of about `bytes`; desired names every other section, with a change in one of eight. */
export function benchInput(bytes: number): BenchInput {
  const perSection = JSON.stringify(section(1000)).length + 14;
  const count = Math.max(1, Math.round(bytes / perSection));
  const live: Record<string, JsonValue> = {};
  const desired: Record<string, JsonValue> = {};
  const lastApplied: Record<string, JsonValue> = {};
  for (let at = 0; at < count; at++) {
    const key = `section-${at}`;
    live[key] = section(at);
    if (at % 2 === 0) {
      desired[key] = section(at % 8 === 0 ? at + 1 : at);
      lastApplied[key] = section(at);
    }
  }
  return { live, desired, lastApplied };
}
