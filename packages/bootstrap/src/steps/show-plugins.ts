import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { writeAtomically } from '../config/atomic-file.ts';
import { readIfPresent } from '../config/files.ts';
import type { Host } from '../host/host.ts';
import { projectsDirectory } from '../openclaw/plugin-project.ts';
import { installedPlugins } from '../openclaw/release-plugins.ts';
import type { Step, StepContext } from './step.ts';

/**
 * The plugins of the release where the gateway looks for them, and nothing of an earlier one. What people have installed
 * beside them is theirs.
 */
export const showPlugins: Step = {
  name: 'show-plugins',
  phase: 'activate',
  plan: async (context) => (await decide(context)).lines,
  async apply(context) {
    const { host } = context;
    const { show, hide, names, lines } = await decide(context);
    for (const name of hide) await host.hideInState(placeOf(host, name));
    for (const [name, directory] of show) await host.showInState(directory, placeOf(host, name));
    if (lines.length > 0) await writeShown(host, names);
    return { changes: lines };
  },
};

async function decide({ host, spec }: StepContext) {
  const wanted = await installedPlugins(host, spec);
  const before = await readShown(host);
  const hide = before.filter((name) => !wanted.has(name));
  const show: [string, string][] = [];
  for (const [name, directory] of wanted) {
    if (!(await host.isShownInState(directory, placeOf(host, name)))) show.push([name, directory]);
  }
  const lines = [
    ...hide.map((name) => `take the plugin ${name} out of the state`),
    ...show.map(([name]) => `show the plugin ${name} in the state`),
  ];
  return { show, hide, names: [...wanted.keys()], lines };
}

const placeOf = ({ layout }: Host, name: string): string => join(projectsDirectory(layout), name);

/** What this machine shows. It lies on this machine: the agent could write another name into the state. */
const shownFile = ({ layout }: Host): string => join(layout.reports, 'plugins-shown.json');

async function readShown(host: Host): Promise<string[]> {
  const text = await readIfPresent(shownFile(host));
  return text === undefined ? [] : z.array(z.string()).parse(JSON.parse(text));
}

async function writeShown(host: Host, names: readonly string[]): Promise<void> {
  await mkdir(host.layout.reports, { recursive: true });
  await writeAtomically(shownFile(host), `${JSON.stringify(names)}\n`, { mode: 0o644 });
}
