export interface ShipperOptions {
  /** The database: an absolute path. It need not be there yet. */
  readonly database: string;
  /** Where its replica lies, and nothing else. It is made. */
  readonly folder: string;
  /** A WAL of this size is checkpointed, so that it begins anew. Default: 4 MiB. */
  readonly checkpointBytes?: number;
  /**
   * So is one that was not written to for so long, so that nobody else's checkpoint has to wait; then not before twelve
   * times as long, because each is a file on the replica. Default: 5000.
   */
  readonly idleMilliseconds?: number;
  /** Another copy is made after so many bytes of WAL, or the size of the database if that is more. Default: 64 MiB. */
  readonly renewBytes?: number;
  /**
   * When so much of a WAL waits for a replica that does not take it, it is let go, so that it does not fill the disk of the
   * database: another copy is made once the replica takes one. Default: 1 GiB.
   */
  readonly mostPendingBytes?: number;
}

export interface ShipperStatus {
  /** What would be restored from. Absent: this shipper has completed none yet. */
  readonly generation?: string;
  /** All that was committed by then is on the replica, in milliseconds of the epoch. 0: nothing is. */
  readonly shippedAt: number;
  /** Committed and not on the replica, in bytes of WAL. */
  readonly pendingBytes: number;
  /** Why the replica does not follow. It is tried again at each tick. */
  readonly problem?: string;
}

/** What a tick did. */
export interface Tick {
  /** Bytes of frames that went to the replica. */
  readonly shipped: number;
  /** The generation that it completed. */
  readonly completed?: string;
  /** Why what was followed until now cannot be followed on: another copy is made. */
  readonly hole?: string;
}

export const defaultOptions = {
  checkpointBytes: 4 * 1024 * 1024,
  idleMilliseconds: 5000,
  renewBytes: 64 * 1024 * 1024,
  mostPendingBytes: 1024 * 1024 * 1024,
} as const;
