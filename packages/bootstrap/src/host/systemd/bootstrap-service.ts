import { join } from 'node:path';
import { readIfPresent } from '../../config/files.ts';
import { gatewayUnitName } from '../../openclaw/gateway-unit.ts';
import { must, type Run } from './command.ts';
import { shellWord } from './command-line-tool.ts';
import type { Need } from './machine.ts';
import { placeFile } from './place-file.ts';
import { quoteWord, plainPath } from './quoting.ts';
import { sections } from './unit-file.ts';
import { toolDirectory, unitDirectory } from './units.ts';

/** Names the spec where no `--spec` does. */
export const specVariable = 'CLAWHARBOR_SPEC';

const name = 'clawharbor-bootstrap';
const look = 'clawharbor-look.service';
export const lookFile = '/usr/local/lib/clawharbor-look.mjs';
const watcher = 'clawharbor-config.path';
const gatewayService = `${gatewayUnitName}.service`;

/**
 * One run at a time: the lock that the timer's run skips on. Whoever else starts the bootstrap, as user data does,
 * takes it too: `flock /run/clawharbor-bootstrap.lock ...`.
 */
export const runLock = '/run/clawharbor-bootstrap.lock';

/** The bootstrap as a service: it converges and ends. */
export function renderBootstrapService(command: readonly string[]): string {
  plainPath(command[0] ?? '', 'bootstrap command');
  const words = command.map((word) => quoteWord(word, 'bootstrap command')).join(' ');
  return sections({
    Unit: [
      ['Description', 'Clawharbor: makes this machine what the pod spec says'],
      ['After', 'network-online.target'],
      ['Wants', 'network-online.target'],
      // Each edit of the config starts it: that is no failure in a loop.
      ['StartLimitIntervalSec', '0'],
    ],
    Service: [
      ['Type', 'oneshot'],
      ['ExecStart', `:/usr/bin/flock --nonblock --conflict-exit-code 0 --no-fork ${runLock} ${words}`],
      ['TimeoutStartSec', '3600s'],
      ['PrivateTmp', 'yes'],
      ['LimitCORE', '0'],
      ['SyslogIdentifier', name],
    ],
  });
}

/**
 * Looks whether there may be something to do, which costs little of what a run costs, and starts a run only then. A look
 * that fails, however, is for a run to see to.
 */
export function renderLookService({ program, spec }: RecurringBootstrap): string {
  const script = `"$@" || exec systemctl start --no-block ${name}.service`;
  const words = [script, 'look', program[0] ?? '', lookFile, spec].map((word) => quoteWord(word, 'look'));
  return sections({
    Unit: [
      ['Description', 'Clawharbor: whether this machine may differ from the pod spec'],
      // One that is killed as a whole, by its time-out or for want of memory, starts nothing by itself.
      ['OnFailure', `${name}.service`],
    ],
    Service: [
      ['Type', 'oneshot'],
      ['ExecStart', `:/bin/sh -c ${words.join(' ')}`],
      ['TimeoutStartSec', '60s'],
      ['TimeoutStopSec', '5s'],
      ['PrivateTmp', 'yes'],
      ['LimitCORE', '0'],
      ['SyslogIdentifier', name],
    ],
  });
}

/** At every boot, and a minute after each look: this is how a changed spec or secret arrives, without inbound access. */
export function renderBootstrapTimer(): string {
  return sections({
    Unit: [['Description', 'Clawharbor: at boot and every minute']],
    Timer: [
      ['Unit', look],
      ['OnBootSec', '1s'],
      ['OnUnitInactiveSec', '60s'],
      ['AccuracySec', '1s'],
    ],
    Install: [['WantedBy', 'timers.target']],
  });
}

/**
 * At every change of the config, as long as the gateway runs: one that was removed or emptied is put back before anybody's
 * next edit makes a new one of it. The kernel tells of changes that are made on this machine, on NFS, too; for those of
 * another there is the timer.
 */
export function renderConfigPath(file: string): string {
  return sections({
    Unit: [
      ['Description', 'Clawharbor: when the config of the gateway changes'],
      ['PartOf', gatewayService],
      ['After', gatewayService],
    ],
    Path: [
      ['PathChanged', plainPath(file, 'config file')],
      ['Unit', `${name}.service`],
      // Whoever writes it all the time is heard once a minute, by the timer.
      ['TriggerLimitIntervalSec', '60s'],
      ['TriggerLimitBurst', '20'],
    ],
    Install: [['WantedBy', gatewayService]],
  });
}

/** How this bootstrap was started: it must do the same again. */
export interface RecurringBootstrap {
  /** Executable first, without a command. */
  readonly program: readonly string[];
  /** As `--spec` takes it. */
  readonly spec: string;
  /** Text of the program that looks each minute whether a run may find something to do. */
  readonly look: string;
}

/** A program for people on the machine, who need not know where the bootstrap and its spec are. */
export function renderBootstrapTool({ program, spec }: Omit<RecurringBootstrap, 'look'>): string {
  return `#!/bin/sh
# Written by Clawharbor: the bootstrap of this instance, with the spec that its timer takes.
if [ -z "\${${specVariable}:-}" ]; then ${specVariable}=${shellWord(spec)}; fi
export ${specVariable}
exec ${program.map(shellWord).join(' ')} "$@"
`;
}

export function recurringBootstrap(run: Run, recurring: RecurringBootstrap, config: string): Need {
  const { program, spec } = recurring;
  const command = [...program, 'run', '--host', 'systemd', '--spec', spec];
  const files = [
    { path: join(unitDirectory, watcher), content: renderConfigPath(config), mode: 0o644 },
    { path: lookFile, content: recurring.look, mode: 0o644 },
    { path: join(unitDirectory, look), content: renderLookService(recurring), mode: 0o644 },
    { path: join(unitDirectory, `${name}.service`), content: renderBootstrapService(command), mode: 0o644 },
    { path: join(unitDirectory, `${name}.timer`), content: renderBootstrapTimer(), mode: 0o644 },
    { path: join(toolDirectory, name), content: renderBootstrapTool(recurring), mode: 0o755 },
  ];
  const timer = `${name}.timer`;
  const isActive = async (unit: string): Promise<boolean> =>
    (await run({ file: 'systemctl', args: ['is-active', '--quiet', unit] })).exitCode === 0;
  return {
    description: `look each minute, run at boot, when something changes and every quarter of an hour: ${timer}, ${watcher}`,
    missing: async () => {
      for (const file of files) if ((await readIfPresent(file.path)) !== file.content) return true;
      if (!(await isActive(timer))) return true;
      return (await isActive(gatewayService)) && !(await isActive(watcher));
    },
    provide: async () => {
      for (const file of files) await placeFile(file.path, file.content, file.mode);
      await must(run, { file: 'systemctl', args: ['daemon-reload'] });
      await must(run, { file: 'systemctl', args: ['enable', '--now', timer] });
      // It starts with the gateway.
      await must(run, { file: 'systemctl', args: ['enable', watcher] });
      if (await isActive(gatewayService)) await must(run, { file: 'systemctl', args: ['start', watcher] });
    },
  };
}
