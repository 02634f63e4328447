import { lstat, rename } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { historyName } from '../config/config-records.ts';
import type { Host } from '../host/host.ts';
import { projectsDirectory } from '../openclaw/plugin-project.ts';
import { inDirectory } from '../temporary/sweep.ts';
import type { Warning } from './step.ts';

/**
 * Sets aside what is in place of a directory that every run needs in the state, and is none. The state is the agent's: a file or
 * a link there would fail each run, and each new instance.
 * @returns what was set aside, and where it is kept
 */
export async function setAsideNoDirectories(host: Host): Promise<Warning[]> {
  const { state, records } = host.layout;
  const below = (path: string): string[] => relative(state, path).split(sep);
  const [own, plugins] = [below(records), below(projectsDirectory(host.layout))];
  const needed = [own, [...own, historyName], plugins.slice(0, -1), plugins];
  const warnings: Warning[] = [];
  for (const names of needed) {
    const name = names.at(-1)!;
    const aside = `${name}.no-directory-${host.now().toISOString().replaceAll(/\D/g, '').slice(0, 17)}`;
    // Through what was opened: the agent may exchange any of them at any moment.
    await inDirectory(state, names.slice(0, -1), async (here) => {
      const found = await lstat(join(here, name)).catch(() => undefined);
      if (found === undefined || found.isDirectory()) return true;
      await rename(join(here, name), join(here, aside));
      const path = join(state, ...names);
      warnings.push({
        code: 'FILE_NOT_REGULAR',
        message: `${path} must be a directory, and was none. What was there is kept as ${join(path, '..', aside)}.`,
      });
      return true;
    });
  }
  return warnings;
}
