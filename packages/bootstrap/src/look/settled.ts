/** What AWS says a pod should be. */
export interface Wish {
  /** SHA-256 of the spec's text. */
  readonly spec: string;
  /** Version of the secret; absent where the spec has none. */
  readonly secret?: string | undefined;
  /** Where Auto Scaling takes the instance; absent outside of a group, and where the spec has no lifecycle hook. */
  readonly target?: string | undefined;
}

/** What a look at the machine finds. */
export interface Machine {
  /** Changes with each boot. */
  readonly boot: string;
  /** Seconds since the boot: whatever the clock is set to. */
  readonly uptime: number;
  /** Process of the gateway and when it started; undefined: it does not run. */
  readonly gateway: string | undefined;
  /** The same of other units, by their names. */
  readonly others: Readonly<Record<string, string | undefined>>;
  /** Whether the gateway answers, whatever it says: a channel that does not work is no run's to mend. */
  readonly isAnswering: boolean;
  /** Memory of the gateway that the kernel cannot take back, in MB. */
  readonly heldMegabytes: number | undefined;
  /** Whether the machine's own disk can be written to. */
  readonly hasRoom: boolean;
  /** The files of the config as they are: another one, another size or another time is another text. */
  readonly files: string;
}

/** What was seen when a run of the bootstrap had found nothing to do. */
export interface Settled {
  readonly wish: Wish;
  readonly machine: Machine;
  /** What the heap of the gateway may become, in MB. */
  readonly heapMegabytes: number;
}

/**
 * What depends on time alone, such as backups, what failed and is to be tried again, and what somebody changed on the machine
 * by hand, is seen so much later at most.
 */
export const lookSeconds = 900;

/**
 * Why a run of the bootstrap may find something to do; undefined: as long as nothing else is seen than when there was
 * nothing to do, there is nothing. Pure.
 */
export function whyDue(settled: Settled, wish: Wish, now: Machine): string | undefined {
  const then = settled.machine;
  if (now.boot !== then.boot) return 'the machine has started';
  if (now.uptime - then.uptime >= lookSeconds) return `the last run is ${lookSeconds / 60} minutes ago`;
  if (wish.spec !== settled.wish.spec) return 'the spec has changed';
  if (wish.secret !== settled.wish.secret) return 'the secret has changed';
  if (wish.target !== settled.wish.target) return `Auto Scaling takes the instance to ${wish.target}`;
  if (now.gateway === undefined || now.gateway !== then.gateway) return 'the gateway is not the one that ran';
  for (const [name, started] of Object.entries(then.others)) {
    if (now.others[name] !== started) return `${name} is not the one that ran`;
  }
  if (!now.isAnswering) return 'the gateway does not answer';
  if ((now.heldMegabytes ?? 0) >= settled.heapMegabytes) return 'the gateway holds much memory';
  if (!now.hasRoom) return 'the disk is full';
  return now.files === then.files ? undefined : 'the config has changed';
}
