import { dirname } from 'node:path';
import { behindLock } from '../behind-lock.ts';
import type { Unit } from '../unit.ts';
import { hardening, type Directive } from './hardening.ts';
import { plainName, plainPath, quoteWord } from './quoting.ts';

export const marker = '# Written by Clawharbor. Edits are overwritten: put yours into a drop-in.';

/** Secrets of a unit. /run is a tmpfs, and only PID 1 reads the file. */
export function secretFileOf(name: string): string {
  return `/run/${plainName(name, 'unit')}/environment`;
}

/**
 * A unit as a systemd service file. It has no [Install] section: after a boot it is the bootstrap that starts the
 * unit, once mount, secrets and config are in place.
 * @throws BootstrapError `UNIT_FAILED` for what a unit file cannot say
 */
export function renderUnit(unit: Unit): string {
  const name = plainName(unit.name, 'name');
  return sections({
    Unit: [
      ['Description', quotePercent(unit.description)],
      ...companions(unit),
      ['RequiresMountsFor', mountsOf(unit).join(' ')],
      ['StartLimitIntervalSec', seconds(unit.restart.burst.seconds)],
      ['StartLimitBurst', String(unit.restart.burst.starts)],
    ],
    Service: [
      // systemctl returns once the program runs; whether it is ready is asked over HTTP.
      ['Type', 'exec'],
      ['User', plainName(unit.user, 'user')],
      ['Group', plainName(unit.user, 'user')],
      ['WorkingDirectory', plainPath(unit.workingDirectory, 'workingDirectory')],
      ...environment(unit),
      ['EnvironmentFile', secretFileOf(name)],
      ['ExecStart', execStart(unit)],
      ['Restart', 'always'],
      ['RestartSec', seconds(unit.restart.delaySeconds)],
      ...(unit.restart.neverOn.length > 0
        ? [['RestartPreventExitStatus', unit.restart.neverOn.join(' ')] satisfies Directive]
        : []),
      ['SuccessExitStatus', '0 143'],
      ['KillMode', 'mixed'],
      ['TimeoutStopSec', seconds(unit.stopTimeoutSeconds)],
      // The kernel takes a child first, to which OpenClaw gives the highest score (`docs/platforms/linux.md` of OpenClaw 2026.9.6);
      // the gateway itself would come back by Restart=.
      ['OOMPolicy', 'continue'],
      ...(unit.memoryMegabytes === undefined
        ? []
        : [['MemoryMax', `${unit.memoryMegabytes}M`] satisfies Directive]),
      ['SyslogIdentifier', name],
      // Not for the command line tool: it would take the running gateway's objects away.
      ['RemoveIPC', 'yes'],
      ...hardening(unit),
    ],
  });
}

/** Whoever is started first is ended last: https://www.freedesktop.org/software/systemd/man/252/systemd.unit.html#Before= */
function companions({ companion, companionOf }: Unit): Directive[] {
  const first = ['network-online.target', ...(companion === undefined ? [] : [serviceOf(companion)])].join(
    ' ',
  );
  return [
    ['After', first],
    ['Wants', first],
    ...(companionOf === undefined
      ? []
      : [
          ['PartOf', serviceOf(companionOf)] satisfies Directive,
          // Also when that one has failed, which is no stop of it.
          ['StopWhenUnneeded', 'yes'] satisfies Directive,
        ]),
  ];
}

export function serviceOf(name: string): string {
  return `${plainName(name, 'unit')}.service`;
}

/** The public variables of a unit, a line each. */
export function environment(unit: Unit): Directive[] {
  return Object.entries(unit.environment)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => ['Environment', quoteWord(`${key}=${value}`, `environment ${key}`)]);
}

/** `:` keeps systemd from expanding `$` in arguments. */
function execStart(unit: Unit): string {
  plainPath(unit.command[0], 'command[0]');
  // Waits as long as another instance holds the fence: who is first is decided by the lock, how long readiness may
  // take by the bootstrap.
  const words =
    unit.lockFile === undefined
      ? unit.command
      : ['/usr/bin/flock', ...behindLock({ ...unit, lockFile: plainPath(unit.lockFile, 'lockFile') })];
  const [program = '', ...rest] = words;
  return `:${[program, ...rest.map((word, index) => quoteWord(word, `command[${index + 1}]`))].join(' ')}`;
}

function mountsOf(unit: Unit): string[] {
  const paths = [
    unit.workingDirectory,
    ...unit.writable,
    ...(unit.reads ?? []),
    ...(unit.homeDirectory === undefined ? [] : [unit.homeDirectory]),
    ...(unit.lockFile === undefined ? [] : [dirname(unit.lockFile)]),
    ...(unit.shown ?? []).map(({ directory }) => directory),
  ];
  return [...new Set(paths.map((path) => plainPath(path, 'mount')))].toSorted();
}

export function sections(content: Readonly<Record<string, readonly Directive[]>>): string {
  const blocks = Object.entries(content).map(
    ([section, directives]) =>
      `[${section}]\n${directives.map(([key, value]) => `${key}=${value}\n`).join('')}`,
  );
  return `${marker}\n${blocks.join('\n')}`;
}

function quotePercent(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]|\\/g, ' ').replaceAll('%', '%%');
}

function seconds(value: number): string {
  return `${value}s`;
}
