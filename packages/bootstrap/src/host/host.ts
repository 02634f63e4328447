import type { Layout } from './layout.ts';
import type { Units } from './unit.ts';

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** Added to a minimal environment (PATH, HOME, LANG). */
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Default: 600. */
  readonly timeoutSeconds?: number;
  /** Account that runs it. Default: the bootstrap's own; a process host ignores it. */
  readonly user?: string;
}

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A file system from elsewhere that must be there before the gateway may start. */
export interface Mount {
  readonly at: string;
  readonly fileSystemId: string;
  readonly accessPointId: string;
}

/**
 * Everything the bootstrap does to a machine. Two implementations: `SystemdHost` on the instance, `ProcessHost` for the
 * pod on a laptop. Steps decide, the host acts.
 */
export interface Host {
  readonly kind: 'systemd' | 'process';
  readonly layout: Layout;
  /** Account that owns the state, as `chown` wants it; undefined where the bootstrap's own account does. */
  readonly gatewayUser: string | undefined;
  /** Node.js that runs the gateway, and its npm. */
  readonly node: string;
  readonly npm: readonly [string, ...string[]];
  readonly units: Units;
  /** What this host cannot hold, in whole sentences; said in the report. */
  readonly limitations?: readonly string[];

  /** Runs a command to its end. Never throws for a non-zero exit. */
  run(command: Command): Promise<CommandResult>;
  /** Packages, accounts, directories, agents: what the machine itself needs. @returns what was (or would be) done */
  prepareMachine(options: {
    readonly dryRun: boolean;
    readonly logGroup: string | undefined;
  }): Promise<string[]>;
  isMounted(mount: Mount): Promise<boolean>;
  mount(mount: Mount): Promise<void>;
  /** Gives a path to the gateway's user; not recursive, because state grows without bound. */
  own(path: string, mode: number): Promise<void>;
  /** GET on loopback. @returns undefined while nothing answers */
  probe(url: string): Promise<{ status: number; body: string } | undefined>;
  now(): Date;
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}
