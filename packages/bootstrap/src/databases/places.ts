import { join } from 'node:path';

/** Where the databases of a pod may be. */
export interface Places {
  /** OpenClaw's state directory on the durable file system, as who runs no gateway sees it. */
  readonly state: string;
  /** On the local disk: what a running gateway sees in place of some directories of the state. */
  readonly local: string;
  /** On the durable file system, out of the gateway's sight: what was replicated, and who holds the databases. */
  readonly replica: string;
  /** Agents that there will be, by their ids. */
  readonly agents: readonly string[];
}

/** Local copies by the same paths as in the state. */
export const localCopies = ({ local }: Places): string => join(local, 'current');

/** Names the epoch whose databases the local copies are. */
export const localEpoch = ({ local }: Places): string => join(local, 'epoch');

/**
 * The boot in which they were brought: what a machine that lost its power had not yet written to its disk may have been shipped
 * before (OpenClaw commits with `synchronous=NORMAL`: https://sqlite.org/pragma.html#pragma_synchronous).
 */
export const localBoot = ({ local }: Places): string => join(local, 'boot');

/** Of a database that lay there in an epoch. `database`: its path below the state. */
export function replicaOf({ replica }: Places, epoch: string, database: string): string {
  return join(replica, 'epochs', epoch, database);
}
