import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { controlGroups, removeControlGroup, runsSystemd } from './control-group.ts';
import { execute, succeed, type ExecuteOptions, type Execution } from './execute.ts';
import { NetworkNamespace, type Relay } from './network-namespace.ts';

export interface Bind {
  readonly from: string;
  readonly to: string;
  readonly readOnly?: boolean;
}

export interface SystemdContainerOptions {
  /** Host name; at most ten characters, unique on the machine. */
  readonly name: string;
  /** Root file system that is booted. What the container writes goes elsewhere and is thrown away. */
  readonly root: string;
  /** Folder for what the container writes. */
  readonly directory: string;
  readonly binds?: readonly Bind[];
  /** How it reaches services outside. It has a network of its own without any other way out. */
  readonly relays?: readonly Relay[];
  /** Variables of every program that {@link SystemdContainer.execute} runs. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A machine with systemd as PID 1: boots, reboots, loses its power. Needs root. */
export class SystemdContainer {
  readonly name: string;
  /** The container's files, as this machine sees them. */
  readonly root: string;
  readonly #options: SystemdContainerOptions;
  readonly #network: NetworkNamespace;
  /** What it is called on this machine. */
  readonly #id: string;
  #supervisor: ChildProcess | undefined;
  #groups: string[] = [];
  #pid = 0;

  private constructor(options: SystemdContainerOptions, network: NetworkNamespace, id: string) {
    this.name = options.name;
    this.#id = id;
    this.root = join(options.directory, 'root');
    this.#options = options;
    this.#network = network;
  }

  /** A machine that is switched off. */
  static async create(options: SystemdContainerOptions): Promise<SystemdContainer> {
    const [upper, work] = [join(options.directory, 'upper'), join(options.directory, 'work')];
    // Of its own also beside one of the same name that a killed test left behind.
    const id = `${options.name}-${randomBytes(4).toString('hex')}`;
    const network = await NetworkNamespace.create(`ch-${id}`, options.relays ?? []);
    const container = new SystemdContainer(options, network, id);
    for (const directory of [upper, work, container.root]) await mkdir(directory, { recursive: true });
    const layers = `lowerdir=${options.root},upperdir=${upper},workdir=${work}`;
    await succeed('mount', ['-t', 'overlay', 'overlay', '-o', layers, container.root]);
    return container;
  }

  /** PID 1 of the container, as this machine numbers it. */
  get pid(): number {
    return this.#pid;
  }

  /** Switches it on and waits until systemd has started everything. */
  async boot(): Promise<void> {
    this.#groups = await controlGroups(this.#id);
    const nspawn = await this.#nspawn();
    const enter = this.#groups.map((group) => `echo $$ > '${group}/cgroup.procs' && `).join('');
    // It must not outlive this process, however that ends.
    const child = spawn('sh', ['-c', `${enter}exec setpriv --pdeathsig KILL "$@"`, 'sh', ...nspawn], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#supervisor = child;
    const console = createWriteStream(join(this.#options.directory, 'console.log'), { flags: 'a' });
    child.stdout.pipe(console, { end: false });
    child.stderr.pipe(console, { end: false });
    child.once('exit', () => console.end());
    await this.#waitForSystemd(child);
  }

  async #nspawn(): Promise<string[]> {
    const binds = this.#options.binds ?? [];
    return [
      'systemd-nspawn',
      '--quiet',
      '--register=no',
      ...((await runsSystemd()) ? [] : ['--keep-unit']),
      `--machine=${this.#id}`,
      `--hostname=${this.name}`,
      `--directory=${this.root}`,
      `--network-namespace-path=${this.#network.path}`,
      ...(await loopDevices()).map((file) => `--bind=${file}`),
      ...binds.map(({ from, to, readOnly }) => `--bind${readOnly ? '-ro' : ''}=${from}:${to}`),
      // Without it the rules of `IPAddressDeny` hold nobody back, and systemd says so only to its journal.
      '--system-call-filter=bpf',
      '--link-journal=no',
      '--resolv-conf=off',
      '--timezone=off',
      '--console=pipe',
      '--boot',
    ];
  }

  async #waitForSystemd(child: ChildProcess): Promise<void> {
    for (let waited = 0; waited < 60_000; waited += 100) {
      if (child.exitCode !== null) break;
      this.#pid = await firstChildOf(child.pid ?? 0);
      if (this.#pid > 0 && (await nameOf(this.#pid)) === 'systemd') {
        const { stdout } = await this.execute('systemctl', ['is-system-running']);
        if (['running', 'degraded'].includes(stdout.trim())) return;
      }
      await delay(100);
    }
    const console = await readFile(join(this.#options.directory, 'console.log'), 'utf8').catch(() => '');
    await this.powerCut();
    throw new Error(`${this.name} did not boot: ${console.slice(-2000)}`);
  }

  /** Runs a program in the container, as root. */
  execute(file: string, args: readonly string[] = [], options: ExecuteOptions = {}): Promise<Execution> {
    const environment = {
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin',
      HOME: '/root',
      LANG: 'C.UTF-8',
    };
    return execute(
      '/usr/bin/nsenter',
      [
        `--target=${this.#pid}`,
        '--mount',
        '--uts',
        '--ipc',
        '--pid',
        '--net',
        '--cgroup',
        '--',
        file,
        ...args,
      ],
      { ...options, environment: { ...environment, ...this.#options.environment, ...options.environment } },
    );
  }

  /** Runs a program that must succeed. @returns what it printed */
  async succeed(file: string, args: readonly string[] = [], options: ExecuteOptions = {}): Promise<string> {
    const { exitCode, stdout, stderr } = await this.execute(file, args, options);
    if (exitCode === 0) return stdout;
    throw new Error(
      `${this.name}: ${[file, ...args].join(' ')}: exit code ${exitCode}: ${(stderr || stdout).slice(-4000)}`,
    );
  }

  /** Shuts it down as `poweroff` does. */
  async powerOff(): Promise<void> {
    const child = this.#supervisor;
    if (child === undefined || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    await this.execute('systemctl', ['poweroff', '--no-block']);
    await Promise.race([ended, delay(60_000, undefined, { ref: false })]);
    await this.powerCut();
  }

  /** Ends everything at once, without a word to anyone. */
  async powerCut(): Promise<void> {
    const child = this.#supervisor;
    this.#supervisor = undefined;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      // PID 1 takes its whole PID namespace with it; nspawn ends after it.
      if (this.#pid > 0) process.kill(this.#pid, 'SIGKILL');
      else child.kill('SIGKILL');
      await Promise.race([ended, delay(5000, undefined, { ref: false })]);
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    }
    this.#pid = 0;
    for (const group of this.#groups) await removeControlGroup(group);
    this.#groups = [];
  }

  async reboot(): Promise<void> {
    await this.powerOff();
    await this.boot();
  }

  /** Switches it off and removes everything it has written. */
  async remove(): Promise<void> {
    await this.powerCut();
    await execute('umount', ['--recursive', '--lazy', this.root]);
    await this.#network.remove();
    await rm(this.#options.directory, { recursive: true, force: true });
  }
}

/** An instance mounts images by them, as a machine of its own has them. Where this machine has none, neither has the container. */
async function loopDevices(): Promise<string[]> {
  const names = await readdir('/dev').catch((): string[] => []);
  return names.filter((name) => /^loop(-control|\d+)$/.test(name)).map((name) => join('/dev', name));
}

async function firstChildOf(pid: number): Promise<number> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return Number(children.split(' ')[0]);
}

async function nameOf(pid: number): Promise<string> {
  return (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim();
}
