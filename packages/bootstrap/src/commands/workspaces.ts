import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host } from '../host/host.ts';
import { must } from '../host/systemd/command.ts';

/** Directories that agents and their commands share; the first is that of the agent `main`. */
export type Workspaces = readonly [string, ...string[]];

/** Where OpenClaw 2026.9.6 has an agent's files, unless the config says otherwise: `workspace`, and `workspace-ID` of further agents. */
export async function workspacesOf({ layout: { state } }: Pick<Host, 'layout'>): Promise<Workspaces> {
  const entries = await readdir(state, { withFileTypes: true }).catch(() => []);
  const further = entries
    .filter((entry) => entry.isDirectory() && /^workspace-[A-Za-z0-9_.-]+$/.test(entry.name))
    .map(({ name }) => join(state, name));
  return [join(state, 'workspace'), ...further.toSorted()];
}

/** Whether a run would have to give some of them to the account of commands. */
export async function notGiven(host: Host, workspaces: Workspaces): Promise<readonly string[]> {
  const given = await Promise.all(workspaces.map((directory) => host.isGivenToCommands(directory)));
  return workspaces.filter((_, index) => given[index] !== true);
}

/** Makes the first one, which the gateway would make as its own, and gives away all that are not given. */
export async function giveWorkspaces(host: Host, workspaces: Workspaces): Promise<readonly string[]> {
  const [first] = workspaces;
  if (host.gatewayUser === undefined) await mkdir(first, { recursive: true });
  else
    await must((command) => host.run(command), {
      file: 'mkdir',
      args: ['-p', first],
      user: host.gatewayUser,
    });
  const left = await notGiven(host, workspaces);
  for (const directory of left) await host.giveToCommands(directory);
  return left;
}

/** Where commands no longer run apart: what ran them has ended. @returns those that were given back */
export async function takeWorkspaces(host: Host): Promise<readonly string[]> {
  const taken: string[] = [];
  for (const directory of await workspacesOf(host))
    if (await host.takeFromCommands(directory)) taken.push(directory);
  return taken;
}
