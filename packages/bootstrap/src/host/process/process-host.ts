import { chmod, mkdir, rm, stat } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { runCommand } from '../command.ts';
import { Conversation } from '../conversation.ts';
import type { Command, CommandResult, Host, Mount, PreparedMachine, Program } from '../host.ts';
import type { Layout } from '../layout.ts';
import { giveTree, isTreeGiven, takeTree } from '../give-to-commands.ts';
import { probeOnce } from '../probe.ts';
import { apart, apartAccount } from './apart.ts';
import { copyIntoState, isCopied } from './copy-into-state.ts';
import { ProcessUnits } from './process-units.ts';
import { findNpm, findProgram } from './programs.ts';

export interface ProcessHostOptions {
  /** Directory of what is rebuilt: the stand-in for the instance's disk. */
  readonly root: string;
  /** Durable: the stand-in for the state on EFS. */
  readonly state: string;
  /** Durable: the stand-in for the artifact cache on EFS. */
  readonly artifacts: string;
  /** Durable: the stand-in for the backups on EFS. Default: below artifacts, as there. */
  readonly backups?: string;
  /**
   * What OpenClaw is installed in, a folder per version. A place that several instances see saves each of them the unpacking
   * of some 40,000 files, and OpenClaw the look at every plugin that a new path of its own takes. Default: below root.
   */
  readonly install?: string;
  /** The gateway's own log. A fixed place for every instance, or its config differs from one to the next. Default: below root. */
  readonly logs?: string;
}

/** What npm and the gateway need from the surroundings to reach the network as their user does. */
const passedOn = [
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'LANG',
  'TZ',
];

/** The pod on a laptop: units are child processes, everything lies below three directories, nothing needs root. */
export class ProcessHost implements Host {
  readonly kind = 'process';
  readonly layout: Layout;
  readonly gatewayUser = undefined;
  readonly commandsAccount: Host['commandsAccount'];
  readonly node = process.execPath;
  readonly memory: number = totalmem();
  readonly units: ProcessUnits;
  readonly limitations: readonly string[];
  readonly #environment: Readonly<Record<string, string>>;
  readonly #closed = new AbortController();

  constructor(options: ProcessHostOptions) {
    const root = resolve(options.root);
    const state = resolve(options.state);
    this.layout = {
      state,
      artifacts: resolve(options.artifacts),
      backups: resolve(options.backups ?? join(options.artifacts, 'backups')),
      replica: resolve(join(options.artifacts, 'replica')),
      databases: join(root, 'databases'),
      records: join(state, '.clawharbor'),
      install: resolve(options.install ?? join(root, 'install')),
      cache: join(root, 'cache'),
      logs: resolve(options.logs ?? join(root, 'logs')),
      reports: join(root, 'reports'),
      commands: join(root, 'commands'),
      home: join(root, 'home'),
      people: join(root, 'people'),
      peopleRecords: resolve(join(options.artifacts, 'people')),
      trash: join(root, 'home/.Trash'),
    };
    this.#environment = environmentOf(process.env, this.node);
    const flock = process.platform === 'linux' ? findProgram('flock') : undefined;
    this.limitations =
      flock === undefined
        ? ['This machine has no flock(1): nothing keeps a second gateway away from the same state.']
        : [];
    const separate = apart(this.layout, root, this.node);
    this.commandsAccount = 'none' in separate ? separate : { user: separate.user };
    this.units = new ProcessUnits({
      apart: 'none' in separate ? undefined : separate,
      logs: join(root, 'logs'),
      records: join(root, 'units'),
      environment: this.#environment,
      flock,
    });
  }

  get npm(): readonly [string, ...string[]] {
    return findNpm(this.node);
  }

  run(command: Command): Promise<CommandResult> {
    return runCommand(command, this.#commandEnvironment(), this.#closed.signal);
  }

  converse(program: Program): Conversation {
    return new Conversation(program, this.#commandEnvironment(), this.#closed.signal);
  }

  #commandEnvironment(): Record<string, string> {
    return {
      ...this.#environment,
      HOME: process.env['HOME'] ?? this.layout.home,
      ...npmSettings(),
    };
  }

  async prepareMachine({ dryRun }: { readonly dryRun: boolean }): Promise<PreparedMachine> {
    // Before anything is changed: two runs on one directory would fight over the gateway.
    await this.units.refuseSecondSupervisor();
    const made: string[] = [];
    const { install, cache, logs, reports, home } = this.layout;
    for (const directory of [install, cache, logs, reports, home]) {
      if (await exists(directory)) continue;
      made.push(`create ${directory}`);
      if (!dryRun) await mkdir(directory, { recursive: true, mode: 0o700 });
    }
    // Commands of agents are run by the same program; there is nothing in it that is not public.
    if ('user' in this.commandsAccount && !dryRun) await chmod(install, 0o755);
    return { changes: made, conditions: [] };
  }

  isMounted(mount: Mount): Promise<boolean> {
    return exists(mount.at);
  }

  async mount(mount: Mount): Promise<void> {
    await mkdir(mount.at, { recursive: true, mode: 0o700 });
  }

  isShownInState(directory: string, at: string): Promise<boolean> {
    return isCopied(directory, at);
  }

  showInState(directory: string, at: string): Promise<void> {
    return copyIntoState(directory, at);
  }

  async hideInState(at: string): Promise<void> {
    await rm(at, { recursive: true, force: true });
  }

  async own(path: string, mode: number): Promise<void> {
    await chmod(path, mode);
  }

  giveToCommands(directory: string): Promise<void> {
    return giveTree((command) => this.run(command), apartAccount, directory);
  }

  async takeFromCommands(directory: string): Promise<boolean> {
    // Whoever is not root has given nothing.
    if (process.getuid?.() !== 0) return false;
    return takeTree((command) => this.run(command), apartAccount, { uid: 0, gid: 0 }, directory);
  }

  isGivenToCommands(directory: string): Promise<boolean> {
    return isTreeGiven(apartAccount, directory);
  }

  probe(url: string): Promise<{ status: number; body: string } | undefined> {
    return probeOnce(url);
  }

  now(): Date {
    return new Date();
  }

  elapsed(): number {
    return performance.now();
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    await delay(milliseconds, undefined, signal ? { signal } : {});
  }

  /** Stops commands and units: they do not outlive this process. */
  async close(): Promise<void> {
    this.#closed.abort();
    await this.units.close();
  }
}

function environmentOf(from: NodeJS.ProcessEnv, node: string): Record<string, string> {
  const environment: Record<string, string> = { PATH: `${dirname(node)}:${from['PATH'] ?? '/usr/bin:/bin'}` };
  for (const name of passedOn) {
    const value = from[name];
    if (value !== undefined) environment[name] = value;
  }
  return environment;
}

/** How the user set up npm in this shell, such as a registry of their own or `npm_config_offline`. */
function npmSettings(): Record<string, string> {
  const names = [
    'registry',
    'offline',
    'prefer_offline',
    'cache',
    'userconfig',
    'cafile',
    'proxy',
    'https_proxy',
  ];
  const settings: Record<string, string> = {};
  for (const name of names) {
    const value = process.env[`npm_config_${name}`];
    if (value !== undefined) settings[`npm_config_${name}`] = value;
  }
  return settings;
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
