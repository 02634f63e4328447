/** A long-running process that a host keeps alive: a systemd service on the instance, a child process on a laptop. */
export interface Unit {
  /** Name without suffix, as in `openclaw`. */
  readonly name: string;
  readonly description: string;
  /** Executable (absolute) and its arguments. Never a secret: arguments are public on the machine. */
  readonly command: readonly [string, ...string[]];
  /** Public variables. Secret ones are given to {@link Units.setSecretEnvironment}. */
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  /** Account that runs it. A process host ignores it and uses its own. */
  readonly user: string;
  /** More groups of that account. Default: none. A process host ignores them. */
  readonly groups?: readonly string[];
  /** Permissions that what it creates does not get, as umask(2) has them. Default: 0077, and in a process host as the host's own. */
  readonly umask?: number;
  /** Networks, as in 169.254.0.0/16, that it reaches nobody in. Default: none. A process host cannot hold it. */
  readonly unreachable?: readonly string[];
  /** Networks that it reaches although they are among {@link Unit.unreachable}. Default: none. A process host cannot hold it. */
  readonly reachable?: readonly string[];
  /** Directories that it may write to; everything else is read-only (systemd `ProtectSystem=strict`). */
  readonly writable: readonly string[];
  /** Directories that it reads for as long as it runs, and that may be mounts: it ends before they go. Default: none. */
  readonly reads?: readonly string[];
  /** Directories that it may not even see (systemd `InaccessiblePaths`). Default: none. */
  readonly hidden?: readonly string[];
  /** Directory below /home that it may see (systemd `ProtectHome=tmpfs` + `BindPaths`). */
  readonly homeDirectory?: string;
  /**
   * The unit runs only while it holds an exclusive lock on this file: two instances may overlap, two writers may not.
   * While another process holds it, the unit is `starting`.
   */
  readonly lockFile?: string;
  /** Two files that must say the same once it has the lock; else it ends, and is tried again. Default: none. */
  readonly sameFiles?: readonly [string, string];
  /** Directories that it sees, read-only, somewhere else. Default: none. */
  readonly shown?: readonly Place[];
  /** Directories that it finds, writable, somewhere else. Default: none. */
  readonly lent?: readonly Place[];
  /** Most memory that it and whatever it starts may have together, in MB. Default: all that there is. */
  readonly memoryMegabytes?: number;
  /** Unit that runs whenever this one does: it is started first, and ended last. */
  readonly companion?: string;
  /** Unit of which this one is the companion. */
  readonly companionOf?: string;
  readonly restart: {
    readonly delaySeconds: number;
    /** Exit codes that a restart cannot mend. OpenClaw: 78, a config or lock error. */
    readonly neverOn: readonly number[];
    /** At most so many starts in so many seconds, then the unit is failed. */
    readonly burst: { readonly starts: number; readonly seconds: number };
  };
  /** From SIGTERM to SIGKILL, in seconds. */
  readonly stopTimeoutSeconds: number;
}

/** A directory that a unit finds in the place of another one. */
export interface Place {
  readonly directory: string;
  readonly at: string;
}

export interface UnitState {
  readonly status: 'absent' | 'inactive' | 'starting' | 'active' | 'restarting' | 'failed';
  readonly pid?: number;
  /** Exit code of the last process that ended, if it exited by itself. */
  readonly exitCode?: number;
  /** Times it was restarted after an unexpected end. */
  readonly restarts: number;
}

/**
 * From one SIGTERM to the next, until the unit has ended. OpenClaw 2026.9.6 ignores one that comes while it restarts itself
 * ("received SIGTERM during shutdown; ignoring"), and lives on; while it drains, one more changes nothing.
 */
export const stopAgainSeconds = 5;

export interface StopOptions {
  readonly atOnce?: boolean;
}

export interface Units {
  /** Whether the host already runs this very definition. */
  matches(unit: Unit): Promise<boolean>;
  /** Puts the definition in place. Does not start or restart anything. */
  install(unit: Unit): Promise<void>;
  /**
   * Sets the secret variables of a unit for its next start: kept in memory only (tmpfs on an instance).
   * @returns whether they differ from what was set before
   */
  setSecretEnvironment(name: string, variables: Readonly<Record<string, string>>): Promise<boolean>;
  /** Whether {@link setSecretEnvironment} with these would change anything. */
  hasSecretEnvironment(name: string, variables: Readonly<Record<string, string>>): Promise<boolean>;
  /**
   * The secret variables of a unit as they were last set since the machine booted; empty when they were not. What the
   * bootstrap makes up itself, such as the local password, is kept by reading it back from here.
   */
  secretEnvironment(name: string): Promise<Readonly<Record<string, string>>>;
  /**
   * Which directories a unit finds in the place of others from its next start on. No part of its definition: that there are
   * more of them is no reason to start it again.
   */
  setPlaces(name: string, places: readonly Place[]): Promise<void>;
  start(name: string): Promise<void>;
  restart(name: string): Promise<void>;
  /** And its companion. @param options `atOnce`: SIGKILL, for one that would not hear SIGTERM. Default: it is asked, and has its time. */
  stop(name: string, options?: StopOptions): Promise<void>;
  state(name: string): Promise<UnitState>;
  /** The last lines that the unit printed, oldest first. */
  tail(name: string, lines: number): Promise<string[]>;
}
