import * as z from 'zod';
import type { Config } from '../config/merge.ts';

/**
 * What a running gateway answers to `config.get`: the config on disk, and which revision of it its runtime has accepted
 * (`docs/gateway/protocol/rpc-talk-config-and-agents.md` of OpenClaw). Releases before 2026.9.5 may not say revisions.
 */
export const runningConfig = z.object({
  exists: z.boolean().default(true),
  valid: z.boolean().default(true),
  /** Of what is on disk, resolved. */
  configRevisionHash: z.string().nullish(),
  /** Of what the gateway runs with; held back while it still has to restart for something. */
  appliedConfigHash: z.string().nullish(),
  /** The main file, with what may be secret hidden. */
  parsed: z.unknown(),
});
export type RunningConfig = z.output<typeof runningConfig>;

/**
 * `in-effect`: it runs with what is on disk. `other`: it runs with something else. `seen`: it has read what is on disk, and
 * does not say what it runs with. `unseen`: it speaks of what was on disk before. `invalid`: it does not take what is on disk.
 */
export type Running = 'in-effect' | 'other' | 'seen' | 'unseen' | 'invalid';

/** What an answer says of the config that is on disk now. */
export function runsWith(answer: RunningConfig, onDisk: Config): Running {
  if (!answer.exists || !isSameButHidden(answer.parsed, onDisk)) return 'unseen';
  if (!answer.valid) return 'invalid';
  const { configRevisionHash: revision, appliedConfigHash: applied } = answer;
  if (typeof revision !== 'string' || applied === undefined) return 'seen';
  return revision === applied ? 'in-effect' : 'other';
}

const hidden = '__OPENCLAW_REDACTED__';

/** Whether two values are one and the same, as far as OpenClaw shows the first. */
export function isSameButHidden(shown: unknown, real: unknown): boolean {
  if (typeof shown === 'string' && shown.includes(hidden)) return real !== undefined;
  if (Array.isArray(shown)) {
    return (
      Array.isArray(real) &&
      shown.length === real.length &&
      shown.every((each, index) => isSameButHidden(each, real[index]))
    );
  }
  if (typeof shown !== 'object' || shown === null) return shown === real;
  if (typeof real !== 'object' || real === null || Array.isArray(real)) return false;
  const one = shown as Config;
  const other = real as Config;
  return (
    Object.keys(one).length === Object.keys(other).length &&
    Object.entries(one).every(
      ([key, value]) => Object.hasOwn(other, key) && isSameButHidden(value, other[key]),
    )
  );
}
