import { lstat, readdir, rename } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { lockName } from '../backup/writer-lock.ts';
import { historyName } from '../config/config-records.ts';
import { maxBytes } from '../config/files.ts';
import type { Host } from '../host/host.ts';
import { projectsDirectory } from '../openclaw/plugin-project.ts';
import { inDirectory } from '../temporary/sweep.ts';
import type { Warning } from './step.ts';

/**
 * Sets aside what is in place of a directory that every run needs in the state and is none, and what is in place of one of
 * Clawharbor's records there and cannot be read as a file. The state is the agent's: either would fail each run, and each new
 * instance.
 * @returns what was set aside, and where it is kept
 */
export async function setAsideForeign(host: Host): Promise<Warning[]> {
  const { state, records } = host.layout;
  const below = (path: string): string[] => relative(state, path).split(sep);
  const [own, plugins] = [below(records), below(projectsDirectory(host.layout))];
  const warnings: Warning[] = [];
  for (const names of [own, [...own, historyName], plugins.slice(0, -1), plugins]) {
    const name = names.at(-1)!;
    // Through what was opened: the agent may exchange any of them at any moment.
    await inDirectory(state, names.slice(0, -1), async (here) => {
      const found = await lstat(join(here, name)).catch(() => undefined);
      if (found === undefined || found.isDirectory()) return true;
      const where = { here, path: join(state, ...names) };
      warnings.push(await setAside(host, where, 'no-directory', 'must be a directory, and was none'));
      return true;
    });
  }
  await inDirectory(state, own, async (here) => {
    for (const name of (await readdir(here)).filter((each) => each.endsWith('.json') || each === lockName)) {
      const found = await lstat(join(here, name)).catch(() => undefined);
      if (found === undefined) continue;
      // A lock is of what was opened: the gateway's must keep its name, whatever somebody has written into it.
      if (found.isFile() && (name === lockName || found.size <= maxBytes)) continue;
      const where = { here, path: join(records, name) };
      warnings.push(await setAside(host, where, 'no-record', 'must be a file that Clawharbor has written'));
    }
    return true;
  });
  return warnings;
}

interface Where {
  /** The directory that was opened. */
  readonly here: string;
  /** As people know it. */
  readonly path: string;
}

async function setAside(host: Host, { here, path }: Where, kind: string, why: string): Promise<Warning> {
  const name = basename(path);
  const aside = `${name}.${kind}-${host.now().toISOString().replaceAll(/\D/g, '').slice(0, 17)}`;
  await rename(join(here, name), join(here, aside));
  const message = `${path} ${why}. What was there is kept as ${join(dirname(path), aside)}.`;
  return { code: 'FILE_NOT_REGULAR', message };
}
