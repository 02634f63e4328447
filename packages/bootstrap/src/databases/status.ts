import { join } from 'node:path';
import * as z from 'zod';
import type { Places } from './places.ts';

/** What is said every few seconds of how far the replicas are, for people and metrics. */
export const keeperStatus = z.object({
  /** When, in milliseconds of the epoch. */
  at: z.number(),
  epoch: z.string(),
  /** By their paths below the state. */
  databases: z.record(
    z.string(),
    z.object({
      generation: z.string().optional(),
      /** Since when it is replicated, in milliseconds of the epoch. */
      since: z.number().optional(),
      /** All that was committed by then is on the replica, in milliseconds of the epoch. 0: nothing is since it began. */
      shippedAt: z.number(),
      /** Committed and not on the replica, in bytes of WAL. */
      pendingBytes: z.number(),
      problem: z.string().optional(),
    }),
  ),
  /** Why other files do not follow. */
  problem: z.string().optional(),
});

export type KeeperStatus = Readonly<z.infer<typeof keeperStatus>>;

export const statusFile = ({ local }: Pick<Places, 'local'>): string => join(local, 'status.json');

/** How long ago the replica had all, in seconds, for the database that is behind most, and why where it says so. Pure. @param now in milliseconds of the epoch */
export function replicaAge(
  { at, databases, problem }: KeeperStatus,
  now: number,
): { readonly seconds: number; readonly why: string | undefined } {
  const all = Object.entries(databases).map(([name, { shippedAt, since = at, problem: its }]) => ({
    name,
    // Who replicates may have ended: then nothing is known since it last said something.
    hadAll: Math.min(at, shippedAt === 0 ? since : shippedAt),
    problem: its,
  }));
  const [worst] = all.toSorted((a, b) => a.hadAll - b.hadAll);
  const why = worst?.problem === undefined ? problem : `${worst.name}: ${worst.problem}`;
  return { seconds: Math.max(0, Math.round((now - (worst?.hadAll ?? at)) / 1000)), why };
}
