import type { Unit } from '../unit.ts';
import { hardening } from './hardening.ts';
import { placesFileOf } from './places.ts';
import { secretFileOf } from './unit-file.ts';

/**
 * A program under the unit's name for people on the machine, as in `openclaw doctor`. It runs as the unit's user, with
 * its environment, in its sandbox and its /tmp: OpenClaw keeps its lifecycle lock in /tmp, which PrivateTmp hides from
 * everyone else, and a tool that does not see the lock repairs databases that are in use. Nothing secret is in an
 * argument: PID 1 reads the environment file.
 * @returns undefined for a unit without a fence, which has nothing to protect, or whose command is no script of Node
 */
export function renderCommandLineTool(unit: Unit): string | undefined {
  const script = unit.command.findIndex((word) => /\.[cm]?js$/.test(word));
  if (unit.lockFile === undefined || script === -1) return undefined;
  const service = `${unit.name}.service`;
  const properties = [
    ['User', unit.user],
    ['Group', unit.user],
    ['WorkingDirectory', unit.workingDirectory],
    ['EnvironmentFile', secretFileOf(unit.name)],
    ['JoinsNamespaceOf', service],
    ...hardening(unit),
  ].map(([name, value]) => `--property=${shellWord(`${name}=${value}`)}`);
  const variables = Object.entries(unit.environment).map(
    ([name, value]) => `--setenv=${shellWord(`${name}=${value}`)}`,
  );
  return `#!/bin/sh
# Written by Clawharbor. Runs the command line tool of ${service} inside its sandbox.
if [ "$(id -u)" -ne 0 ]; then
  echo "${unit.name}: run it as root, for example with sudo" >&2
  exit 77
fi
if [ -t 0 ] && [ -t 1 ]; then io=--pty; else io=--pipe; fi
# What the gateway finds in the place of something else, its tool finds there, too. No path has a space.
places=$(sed -n 's/^BindPaths=/--property=&/p' ${placesFileOf(unit.name)} 2>/dev/null)
exec systemd-run "$io" --wait --collect --quiet $places \\
  ${[...properties, ...variables].join(' \\\n  ')} \\
  -- ${unit.command
    .slice(0, script + 1)
    .map(shellWord)
    .join(' ')} "$@"
`;
}

/** One word of a shell, whatever is in it. */
export function shellWord(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
