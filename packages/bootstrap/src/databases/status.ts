import { join } from 'node:path';
import * as z from 'zod';
import type { Places } from './places.ts';

/** What is said every few seconds of how far the replicas are, for people and metrics. */
export const keeperStatus = z.object({
  /** When, in milliseconds of the epoch. */
  at: z.number(),
  epoch: z.string(),
  /** When it began to replicate, in milliseconds of the epoch. */
  since: z.number().optional(),
  /** By their paths below the state. */
  databases: z.record(
    z.string(),
    z.object({
      generation: z.string().optional(),
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
  { at, since = at, databases, problem }: KeeperStatus,
  now: number,
): { readonly seconds: number; readonly why: string | undefined } {
  const [name, worst] =
    Object.entries(databases).toSorted(([, a], [, b]) => a.shippedAt - b.shippedAt)[0] ?? [];
  // Who replicates may have ended: then nothing is known since it last said something.
  const shippedAt = Math.min(at, worst?.shippedAt === 0 ? since : (worst?.shippedAt ?? at));
  const why = worst?.problem === undefined ? problem : `${name}: ${worst.problem}`;
  return { seconds: Math.max(0, Math.round((now - shippedAt) / 1000)), why };
}
