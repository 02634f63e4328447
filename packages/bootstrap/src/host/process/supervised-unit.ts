import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { BootstrapError } from '../../errors.ts';
import { behindLock } from '../behind-lock.ts';
import { stopAgainSeconds, type StopOptions, type Unit, type UnitState } from '../unit.ts';
import { runApart, withUmask, type Apart } from './apart.ts';
import { afterExit } from './restart-policy.ts';
import { endLeftover, forgetRunning, recordRunning, signal } from './running-process.ts';
import type { UnitLog } from './unit-log.ts';

export interface SupervisedUnitOptions {
  readonly log: UnitLog;
  /** Remembers the process for the supervisor that comes after this one. */
  readonly recordFile: string;
  /** Variables that every process of this host gets. */
  readonly environment: Readonly<Record<string, string>>;
  /** How a unit of an account of its own is started; undefined where there is none. */
  readonly apart: Apart | undefined;
  /** flock(1), where the machine has it. */
  readonly flock: string | undefined;
}

/** From SIGTERM to SIGKILL where nobody knows what it was. */
const leftoverSeconds = 330;

/** A unit as a child process in a group of its own, kept alive the way systemd keeps a service alive. */
export class SupervisedUnit {
  definition: Unit | undefined;
  /** In memory only; given to the process as its environment. */
  secretEnvironment: Readonly<Record<string, string>> = {};
  readonly #options: SupervisedUnitOptions;
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  #restartTimer: NodeJS.Timeout | undefined;
  #stopping = false;
  #status: UnitState['status'] = 'inactive';
  #exitCode: number | undefined;
  #restarts = 0;
  #starts: number[] = [];

  constructor(options: SupervisedUnitOptions) {
    this.#options = options;
  }

  get state(): UnitState {
    if (!this.definition) return { status: 'absent', restarts: 0 };
    const waiting = this.#status === 'active' && waitsForLock(this.#child?.pid);
    return {
      status: waiting ? 'starting' : this.#status,
      restarts: this.#restarts,
      ...(this.#child?.pid === undefined ? {} : { pid: this.#child.pid }),
      ...(this.#exitCode === undefined ? {} : { exitCode: this.#exitCode }),
    };
  }

  /** Starts afresh: an earlier failure no longer counts. */
  async start(): Promise<void> {
    if (this.#child) return;
    clearTimeout(this.#restartTimer);
    const unit = this.#installed();
    await this.endLeftover();
    this.#restarts = 0;
    this.#starts = [];
    this.#exitCode = undefined;
    this.#spawn(unit);
  }

  /** SIGTERM to the main process, SIGKILL to the group after the time-out: `KillMode=mixed`. */
  async stop({ atOnce = false }: StopOptions = {}): Promise<void> {
    clearTimeout(this.#restartTimer);
    const pid = this.#child?.pid;
    if (pid === undefined) {
      this.#status = 'inactive';
      return;
    }
    this.#stopping = true;
    if (atOnce) signal(-pid, 'SIGKILL');
    else signal(pid, 'SIGTERM');
    const kill = setTimeout(() => signal(-pid, 'SIGKILL'), this.#installed().stopTimeoutSeconds * 1000);
    const again = setInterval(() => signal(pid, 'SIGTERM'), stopAgainSeconds * 1000);
    await this.#ended;
    clearInterval(again);
    clearTimeout(kill);
  }

  /** Ends what a run that was killed has left running. */
  async endLeftover(): Promise<void> {
    const { recordFile, log } = this.#options;
    const seconds = this.definition?.stopTimeoutSeconds ?? leftoverSeconds;
    if (await endLeftover(recordFile, seconds))
      log.write('clawharbor: ended what an earlier run had left behind');
  }

  #installed(): Unit {
    if (this.definition) return this.definition;
    throw new BootstrapError('UNIT_FAILED', 'A unit was started before it was installed.');
  }

  #spawn(unit: Unit): void {
    const [file, ...args] = this.#command(unit);
    const child = spawn(file, args, {
      cwd: unit.workingDirectory,
      env: { ...this.#options.environment, ...unit.environment, ...this.secretEnvironment },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    this.#status = 'active';
    this.#starts.push(performance.now());
    this.#options.log.follow(child.stdout);
    this.#options.log.follow(child.stderr);
    const unknown = child.pid === undefined ? undefined : recordRunning(this.#options.recordFile, child.pid);
    if (unknown !== undefined)
      this.#options.log.write(`clawharbor: ${unit.name} is not recorded: ${unknown}`);
    this.#ended = new Promise((resolve) => {
      child.on('error', (error) => {
        this.#options.log.write(`clawharbor: cannot start ${unit.name}: ${error.message}`);
        if (child.pid === undefined) this.#onEnd(unit, child, 127, resolve);
      });
      child.on('exit', (code) => this.#onEnd(unit, child, code ?? undefined, resolve));
    });
  }

  #command(unit: Unit): [string, ...string[]] {
    const { apart } = this.#options;
    if (unit.user !== '' && unit.user === apart?.user)
      return runApart(apart, unit, withUmask(unit, [...unit.command]));
    return withUmask(unit, this.#behindLock(unit));
  }

  #behindLock(unit: Unit): [string, ...string[]] {
    if (unit.lockFile === undefined || this.#options.flock === undefined) return [...unit.command];
    mkdirSync(dirname(unit.lockFile), { recursive: true, mode: 0o700 });
    // Waits while another gateway holds it.
    return [this.#options.flock, ...behindLock({ ...unit, lockFile: unit.lockFile })];
  }

  #onEnd(unit: Unit, child: ChildProcess, code: number | undefined, ended: () => void): void {
    // What the main process started must not outlive it and keep the lock or the port.
    if (child.pid !== undefined) signal(-child.pid, 'SIGKILL');
    forgetRunning(this.#options.recordFile);
    this.#child = undefined;
    this.#exitCode = code;
    if (this.#stopping) {
      this.#stopping = false;
      this.#status = 'inactive';
    } else {
      this.#afterUnexpectedEnd(unit, code);
    }
    ended();
  }

  #afterUnexpectedEnd(unit: Unit, code: number | undefined): void {
    const end = code === undefined ? 'was killed' : `exited with code ${code}`;
    const next = afterExit(unit.restart, { code, starts: this.#starts, now: performance.now() });
    if ('failed' in next) {
      this.#status = 'failed';
      this.#options.log.write(`clawharbor: ${unit.name} ${end}; not restarted: ${next.failed}`);
      return;
    }
    this.#status = 'restarting';
    this.#options.log.write(`clawharbor: ${unit.name} ${end}; restarted in ${next.restartIn / 1000} s`);
    this.#restartTimer = setTimeout(() => {
      this.#restarts += 1;
      this.#spawn(this.#installed());
    }, next.restartIn);
  }
}

function waitsForLock(pid: number | undefined): boolean {
  if (pid === undefined || process.platform !== 'linux') return false;
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'flock';
  } catch {
    return false;
  }
}
