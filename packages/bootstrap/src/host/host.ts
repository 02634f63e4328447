import type { Observation } from '../conditions.ts';
import type { Conversation } from './conversation.ts';
import type { Images } from './images.ts';
import type { Layout } from './layout.ts';
import type { Units } from './unit.ts';

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** Added to a minimal environment (PATH, HOME, LANG). */
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** How much of each output is kept, in characters: the end. Default: 4 Mi. */
  readonly outputLimit?: number;
  /** Default: 600. */
  readonly timeoutSeconds?: number;
  /** Kills it and what it started; then `run` throws the reason. */
  readonly signal?: AbortSignal;
  /** Account that runs it. Default: the bootstrap's own; a process host ignores it. */
  readonly user?: string;
  /**
   * Unit whose view of the file system and whose /tmp it gets while that runs: what looks for a running gateway looks
   * there. It starts in /. A process host has one /tmp.
   */
  readonly beside?: string;
}

/** A command that has no end of its own. */
export type Program = Pick<Command, 'file' | 'args' | 'cwd' | 'environment' | 'user'>;

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

export interface PreparedMachine {
  /** What was (or would be) done, one line each. */
  readonly changes: readonly string[];
  /** What the gateway can do without, and whether it is there. Empty in a dry run. */
  readonly conditions: readonly Observation[];
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
  /**
   * Account that commands of agents may run as, apart from the gateway; or, in a whole sentence, why there is none.
   */
  readonly commandsAccount: { readonly user: string } | { readonly none: string };
  /** Node.js that runs the gateway, and its npm. */
  readonly node: string;
  readonly npm: readonly [string, ...string[]];
  readonly units: Units;
  /** Absent: what is installed here is unpacked. */
  readonly images?: Images;
  /** Of the machine, in bytes. */
  readonly memory: number;
  /** What this host cannot hold, in whole sentences; said in the report. */
  readonly limitations?: readonly string[];
  /** Directories outside of the layout in which it places files. */
  readonly placedIn?: readonly string[];

  /** Runs a command to its end. Never throws for a non-zero exit; throws once the host was closed or its signal came, also in the middle. */
  run(command: Command): Promise<CommandResult>;
  /** Starts a program that is asked again and again, as {@link run} starts one; it ends with the host at the latest. */
  converse(command: Program): Conversation;
  /** Packages, accounts, directories, agents: what the machine itself needs. */
  prepareMachine(options: {
    readonly dryRun: boolean;
    readonly logGroup: string | undefined;
  }): Promise<PreparedMachine>;
  isMounted(mount: Mount): Promise<boolean>;
  mount(mount: Mount): Promise<void>;
  /** Whether {@link showInState} with these would do nothing. */
  isShownInState(directory: string, at: string): Promise<boolean>;
  /**
   * Lets a directory of this machine appear in the state, for as long as the machine lives: mounted, where the host can,
   * so that nothing of it lies on the durable file system and nobody may write to it; else a copy.
   * @param at below the state; what is there is hidden or replaced
   */
  showInState(directory: string, at: string): Promise<void>;
  /** Undoes {@link showInState}. Idempotent. */
  hideInState(at: string): Promise<void>;
  /** Gives a path to the gateway's user; not recursive, because state grows without bound. */
  own(path: string, mode: number): Promise<void>;
  /**
   * Gives a directory and all in it to the account of {@link commandsAccount}, and its group to the gateway. What has a second
   * name stays whose it is: it may lead out of there. Only while neither runs: what they do meanwhile may be missed.
   */
  giveToCommands(directory: string): Promise<void>;
  /**
   * Gives back what {@link giveToCommands} gave. Under the same condition.
   * @returns whether there was something to give back
   */
  takeFromCommands(directory: string): Promise<boolean>;
  /** Whether {@link giveToCommands} has been done, or is of no use: a file system may have an owner of its own for everything. */
  isGivenToCommands(directory: string): Promise<boolean>;
  /** GET on loopback. @returns undefined while nothing answers */
  probe(url: string): Promise<{ status: number; body: string } | undefined>;
  now(): Date;
  /** Milliseconds since some moment, whatever the clock is set to: for how long something takes or may take. */
  elapsed(): number;
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}
