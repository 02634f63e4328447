import { totalmem } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { BootstrapError } from '../../errors.ts';
import type { Observation } from '../../conditions.ts';
import type { Command, CommandResult, Host, Mount, PreparedMachine, Program } from '../host.ts';
import { instanceLayout, type Layout } from '../layout.ts';
import { giveTree, isTreeGiven, takeTree } from '../give-to-commands.ts';
import { probeOnce } from '../probe.ts';
import { commandsAccount, egressAccount, gatewayAccount, ollamaAccount, type Account } from './account.ts';
import { lookFile, recurringBootstrap, type RecurringBootstrap } from './bootstrap-service.ts';
import { bind, isBound, unbind } from './bind.ts';
import { Conversation } from '../conversation.ts';
import { asAccount, runAs } from './command.ts';
import { SquashfsImages } from './images.ts';
import { conditionOf, journalFile, logAgentFile, machineNeeds, provide } from './machine.ts';
import { isMounted, mountFileSystem } from './mount.ts';
import { configFile } from '../../openclaw/gateway-unit.ts';
import { giveTo } from './own.ts';
import { secretFileOf } from './unit-file.ts';
import { SystemdUnits, toolDirectory, unitDirectory } from './units.ts';

export interface SystemdHostOptions {
  /** What a timer starts at boot and when something may have changed. Default: nothing, it runs only when someone runs it. */
  readonly recur?: RecurringBootstrap;
}

const accounts = [gatewayAccount, ollamaAccount, commandsAccount, egressAccount];
const secretFiles = accounts.map(({ name }) => secretFileOf(name));

/** The instance: Amazon Linux 2023, or whatever else runs systemd and has its packages. Needs root. */
export class SystemdHost implements Host {
  readonly kind = 'systemd';
  readonly layout: Layout = instanceLayout;
  readonly gatewayUser = gatewayAccount.name;
  readonly commandsAccount = { user: commandsAccount.name };
  readonly node = '/usr/bin/node-24';
  readonly memory: number = totalmem();
  readonly npm: readonly [string, ...string[]] = ['/usr/bin/npm-24'];
  readonly units = new SystemdUnits((command) => this.run(command));
  readonly images = new SquashfsImages((command) => this.run(command));
  readonly placedIn = [
    unitDirectory,
    toolDirectory,
    dirname(lookFile),
    ...[journalFile, logAgentFile, ...secretFiles].map((file) => dirname(file)),
  ];
  readonly #options: SystemdHostOptions;
  readonly #closed = new AbortController();

  constructor(options: SystemdHostOptions = {}) {
    this.#options = options;
  }

  async run(command: Command): Promise<CommandResult> {
    const beside = command.beside === undefined ? undefined : (await this.units.state(command.beside)).pid;
    return runAs(accountOf(command.user), command, { signal: this.#closed.signal, beside });
  }

  converse(program: Program): Conversation {
    const { inIt, environment } = asAccount(accountOf(program.user), program);
    return new Conversation(inIt, environment, this.#closed.signal);
  }

  /** Stops commands. Units outlive this process. */
  async close(): Promise<void> {
    this.#closed.abort();
  }

  async prepareMachine(options: {
    readonly dryRun: boolean;
    readonly logGroup: string | undefined;
  }): Promise<PreparedMachine> {
    const run = (command: Command) => this.run(command);
    const needs = machineNeeds(run, this.layout, options.logGroup);
    const { recur } = this.#options;
    if (recur !== undefined) needs.push(recurringBootstrap(run, recur, configFile(this.layout)));
    const changes: string[] = [];
    const conditions: Observation[] = [];
    for (const need of needs) {
      const isMissing = await need.missing();
      const lack = isMissing && !options.dryRun ? await provide(need) : undefined;
      if (isMissing && lack === undefined) changes.push(need.description);
      if (need.without && !options.dryRun) conditions.push(conditionOf(need.without, lack));
    }
    return { changes, conditions };
  }

  async isMounted(mount: Mount): Promise<boolean> {
    return isMounted(mount);
  }

  async mount(mount: Mount): Promise<void> {
    await mountFileSystem(mount, (command) => this.run(command));
  }

  async isShownInState(directory: string, at: string): Promise<boolean> {
    return isBound(directory, at);
  }

  async showInState(directory: string, at: string): Promise<void> {
    await bind(directory, at, (command) => this.run(command));
  }

  async hideInState(at: string): Promise<void> {
    await unbind(at, (command) => this.run(command));
  }

  async own(path: string, mode: number): Promise<void> {
    await giveTo(gatewayAccount, path, mode);
  }

  async giveToCommands(directory: string): Promise<void> {
    await giveTree((command) => this.run(command), commandsAccount, directory);
  }

  async takeFromCommands(directory: string): Promise<boolean> {
    return takeTree((command) => this.run(command), commandsAccount, gatewayAccount, directory);
  }

  async isGivenToCommands(directory: string): Promise<boolean> {
    return isTreeGiven(commandsAccount, directory);
  }

  async probe(url: string): Promise<{ status: number; body: string } | undefined> {
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
}

function accountOf(user: string | undefined): Account | undefined {
  if (user === undefined || user === 'root') return undefined;
  const account = accounts.find(({ name }) => name === user);
  if (account === undefined)
    throw new BootstrapError('HOST_UNSUPPORTED', `${user} is no account of this machine`);
  return account;
}
