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
      /** All that was committed by then is on the replica, in milliseconds of the epoch. */
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
