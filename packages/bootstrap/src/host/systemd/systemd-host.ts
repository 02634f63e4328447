import { setTimeout as delay } from 'node:timers/promises';
import { BootstrapError } from '../../errors.ts';
import type { Command, CommandResult, Host, Mount } from '../host.ts';
import { instanceLayout, type Layout } from '../layout.ts';
import { probeOnce } from '../probe.ts';
import { gatewayAccount, ollamaAccount, type Account } from './account.ts';
import { recurringBootstrap } from './bootstrap-service.ts';
import { runAs } from './command.ts';
import { machineNeeds } from './machine.ts';
import { isMounted, mountFileSystem } from './mount.ts';
import { giveTo } from './own.ts';
import { SystemdUnits } from './units.ts';

export interface SystemdHostOptions {
  /**
   * How the bootstrap was started, executable first: a timer starts it the same way at boot and every minute.
   * Default: never, only when someone runs it.
   */
  readonly recur?: readonly string[];
}

/** The instance: Amazon Linux 2023, or whatever else runs systemd and has its packages. Needs root. */
export class SystemdHost implements Host {
  readonly kind = 'systemd';
  readonly layout: Layout = instanceLayout;
  readonly gatewayUser = gatewayAccount.name;
  readonly node = '/usr/bin/node-24';
  readonly npm: readonly [string, ...string[]] = ['/usr/bin/npm-24'];
  readonly units = new SystemdUnits((command) => this.run(command));
  readonly #options: SystemdHostOptions;

  constructor(options: SystemdHostOptions = {}) {
    this.#options = options;
  }

  async run(command: Command): Promise<CommandResult> {
    return runAs(accountOf(command.user), command);
  }

  async prepareMachine(options: {
    readonly dryRun: boolean;
    readonly logGroup: string | undefined;
  }): Promise<string[]> {
    const run = (command: Command) => this.run(command);
    const needs = machineNeeds(run, this.layout, options.logGroup);
    if (this.#options.recur !== undefined) needs.push(recurringBootstrap(run, this.#options.recur));
    const changes: string[] = [];
    for (const need of needs) {
      if (!(await need.missing())) continue;
      if (!options.dryRun) await need.provide();
      changes.push(need.description);
    }
    return changes;
  }

  async isMounted(mount: Mount): Promise<boolean> {
    return isMounted(mount);
  }

  async mount(mount: Mount): Promise<void> {
    await mountFileSystem(mount, (command) => this.run(command));
  }

  async own(path: string, mode: number): Promise<void> {
    await giveTo(gatewayAccount, path, mode);
  }

  async probe(url: string): Promise<{ status: number; body: string } | undefined> {
    return probeOnce(url);
  }

  now(): Date {
    return new Date();
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    await delay(milliseconds, undefined, signal ? { signal } : {});
  }
}

function accountOf(user: string | undefined): Account | undefined {
  if (user === undefined || user === 'root') return undefined;
  const account = [gatewayAccount, ollamaAccount].find(({ name }) => name === user);
  if (account === undefined)
    throw new BootstrapError('HOST_UNSUPPORTED', `${user} is no account of this machine`);
  return account;
}
