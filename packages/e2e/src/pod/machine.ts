import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Report } from '@clawharbor/bootstrap';
import type { DataDirectory } from './data-dir.ts';
import type { StepEvent, WaitingEvent } from './events.ts';
import { endProcessesBelow } from './orphans.ts';

export interface MachineOptions {
  readonly instanceId: string;
  readonly directory: DataDirectory;
  /** The one-file bootstrap, as it is shipped to instances. */
  readonly bundle: string;
  /** SSM parameter that holds the spec. */
  readonly specParameter: string;
  /** Where AWS and the instance metadata service answer, seen from the host's network. */
  readonly prepareEnvironment: Readonly<Record<string, string>>;
  /** The same, seen from the instance's network. */
  readonly activateEnvironment: Readonly<Record<string, string>>;
  /** Runs a command in the instance's network, as in `ip netns exec NAME`. Default: none, the host's own. */
  readonly networkPrefix?: readonly string[];
  /** How often the instance looks for a new spec or secret, in seconds. */
  readonly intervalSeconds: number;
  readonly onStep: (event: StepEvent) => void;
  readonly onWaiting: (event: WaitingEvent) => void;
  readonly onReport: (report: Report) => void;
}

export interface MachineEnd {
  /** Whether {@link Machine.stop} ended it. */
  readonly stopped: boolean;
  readonly exitCode: number | null;
  /** The last line on stderr: why the bootstrap gave up, as `CODE: message`. */
  readonly lastWords: string;
}

/** What stands in for an EC2 instance: the shipped bootstrap as a process, with a root disk of its own. */
export interface Machine {
  /** Resolves when the machine is off, whoever ended it. */
  readonly gone: Promise<MachineEnd>;
  /** SIGTERM lets units shut down, SIGKILL does not. */
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/** The root disk of an instance. */
function rootDisk(directory: DataDirectory, instanceId: string): string {
  return join(directory.instances, instanceId);
}

/** What an instance has written of its run that goes on. */
export async function reportOn(directory: DataDirectory, instanceId: string): Promise<Report> {
  const text = await readFile(join(rootDisk(directory, instanceId), 'reports/report.json'), 'utf8');
  return JSON.parse(text) as Report;
}

/** What an instance printed. */
function consoleFile(directory: DataDirectory, instanceId: string): string {
  return join(directory.consoles, `${instanceId}.log`);
}

/** Units get as long as a real instance's shutdown would give them, then everything is killed. */
const STOP_GRACE_MILLISECONDS = 30_000;

/** Launches a machine: it prepares with the host's network, as a warm instance would, then activates in its own. */
export function launchMachine(options: MachineOptions): Machine {
  const root = rootDisk(options.directory, options.instanceId);
  mkdirSync(root, { recursive: true, mode: 0o700 });
  const console = createWriteStream(consoleFile(options.directory, options.instanceId), {
    flags: 'a',
    mode: 0o600,
  });
  let current: ChildProcess | undefined;
  let stopped = false;
  let lastWords = '';

  const phase = async (name: 'prepare' | 'activate'): Promise<number | null> => {
    const [prefix, environment, more] =
      name === 'prepare'
        ? [[], options.prepareEnvironment, []]
        : [
            options.networkPrefix ?? [],
            options.activateEnvironment,
            ['--stay', '--interval', String(options.intervalSeconds)],
          ];
    const command = [
      ...prefix,
      process.execPath,
      options.bundle,
      'run',
      '--json',
      '--host=process',
      `--phase=${name}`,
      `--spec=ssm:${options.specParameter}`,
      `--root=${root}`,
      `--state=${options.directory.efs}`,
      `--artifacts=${options.directory.artifacts}`,
      `--install=${options.directory.install}`,
      `--logs=${options.directory.logs}`,
      ...more,
    ];
    current = spawn(command[0]!, command.slice(1), {
      env: { ...inherited(), ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    relay(current, options, console);
    createInterface({ input: current.stderr! }).on('line', (line) => {
      if (line.trim() !== '') lastWords = line;
    });
    return new Promise((exited) => {
      current!.once('close', exited).once('error', (error) => {
        lastWords = `${command[0]} could not be started: ${error.message}`;
        exited(null);
      });
    });
  };

  const gone = (async () => {
    try {
      let exitCode = await phase('prepare');
      if (exitCode === 0 && !stopped) exitCode = await phase('activate');
      return { stopped, exitCode, lastWords };
    } finally {
      await endProcessesBelow(root, STOP_GRACE_MILLISECONDS);
      console.end();
      // Tens of thousands of files: nobody else may have to wait for it, least of all a signal.
      await rm(root, { recursive: true, force: true, maxRetries: 3 });
    }
  })();

  return {
    gone,
    async stop(signal) {
      stopped = true;
      if (signal === 'SIGTERM') current?.kill('SIGTERM');
      else await endProcessesBelow(root, 0);
      await gone;
    },
  };
}

/** A machine starts with nothing of the person's shell that could change what it does, credentials least of all. */
function inherited(): Record<string, string> {
  const names = [
    'PATH',
    'HOME',
    'LANG',
    'TMPDIR',
    'NODE_COMPILE_CACHE',
    'npm_config_cache',
    'npm_config_offline',
    'npm_config_registry',
    'npm_config_userconfig',
    'HTTPS_PROXY',
    'https_proxy',
    'NODE_EXTRA_CA_CERTS',
  ];
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}

function relay(child: ChildProcess, options: MachineOptions, console: WriteStream): void {
  child.stderr!.pipe(console, { end: false });
  createInterface({ input: child.stdout! }).on('line', (line) => {
    console.write(`${line}\n`);
    if (!line.startsWith('{')) return;
    const event = JSON.parse(line) as { event: string };
    if (event.event === 'step') options.onStep({ ...(event as StepEvent), instanceId: options.instanceId });
    if (event.event === 'waiting') options.onWaiting(event as WaitingEvent);
    if (event.event === 'report') options.onReport(event as unknown as Report);
  });
}
