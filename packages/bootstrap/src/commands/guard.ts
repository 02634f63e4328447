import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../config/atomic-file.ts';
import type { Layout } from '../host/layout.ts';
import type { Unit } from '../host/unit.ts';
import type { Commands } from './choice.ts';

/**
 * A shell that runs nothing. The gateway gets it as its SHELL, which is what OpenClaw runs every command of an agent by on its own
 * machine (`getShellConfig`, 2026.9.6): so none runs as the gateway, whatever config, agent or session say. An administrator's
 * `/exec host=gateway` holds for everybody in that session, and no config takes it back.
 */
export function noShell({ reports }: Layout): string {
  return join(reports, 'no-shell');
}

const text = `#!/bin/sh
# Written by Clawharbor. The SHELL of a gateway whose agents do not run commands as the gateway.
echo "Commands of agents do not run as the gateway on this pod (agents.commands)." >&2
exit 126
`;

export async function placeNoShell(layout: Layout): Promise<void> {
  // Whatever the umask is: the gateway's account runs it.
  const beforeRename = (temporary: string) => chmod(temporary, 0o755);
  await writeAtomically(noShell(layout), text, { beforeRename });
}

/** The unit of the gateway, where its agents' commands run somewhere else or nowhere. */
export function guarded(unit: Unit, layout: Layout, commands: Commands): Unit {
  if (commands.run === 'with-gateway') return unit;
  const environment = { ...unit.environment, SHELL: noShell(layout) };
  if (commands.run === 'off') return { ...unit, environment };
  // What it writes in a workspace is for the other account, too. Nobody else is in its own group.
  return { ...unit, environment, groups: [commands.user], umask: 0o007 };
}
