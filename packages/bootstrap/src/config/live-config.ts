import { link, rename, rm } from 'node:fs/promises';
import { ConfigMergeError } from '@clawharbor/config-merge';
import { BootstrapError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { configFile } from '../openclaw/gateway-unit.ts';
import { writeAtomically } from './atomic-file.ts';
import { ConfigRecords, restoreConfig } from './config-records.ts';
import { readIfPresent } from './files.ts';
import { parseLive, type LiveConfig } from './merge.ts';

export interface LiveFile {
  /** Absent where there is no config yet, or an unreadable one. */
  readonly live?: LiveConfig;
  /** Why it cannot be read as a config. */
  readonly unreadable?: string;
}

export async function readLive(host: Host): Promise<LiveFile> {
  try {
    const text = await readIfPresent(configFile(host.layout));
    return text === undefined ? {} : { live: parseLive(text) };
  } catch (error) {
    if (!(error instanceof ConfigMergeError || error instanceof BootstrapError)) throw error;
    return { unreadable: error.message };
  }
}

/**
 * Keeps a config that is no config, whatever it is, under another name, and puts the last good one in its place.
 * @returns what was done, in a sentence
 */
export async function setAsideUnreadable(host: Host, why: string): Promise<string> {
  const file = configFile(host.layout);
  const aside = `${file}.unparsable-${stamp(host)}`;
  const good = await new ConfigRecords(host).lastGood();
  // A second name first: a crash leaves one of the two under the config's own. Only a directory cannot have two.
  await link(file, aside).catch(() => rename(file, aside));
  if (good) await restoreConfig(host, good);
  else await rm(file, { force: true });
  const instead = good ? `the config of ${good.at} was restored` : 'a new one was made from the spec';
  return `${file} could not be read (${why}). It was set aside as ${aside}; ${instead}.`;
}

/** Keeps the live config in the history, and puts another in its place. @returns false when it has changed meanwhile */
export async function replaceLive(host: Host, live: LiveConfig | undefined, text: string): Promise<boolean> {
  const file = configFile(host.layout);
  try {
    await writeAtomically(file, text, {
      beforeRename: async (temporary) => {
        await host.own(temporary, 0o600);
        if (live) await new ConfigRecords(host).keep(live.text);
        if ((await readIfPresent(file)) !== live?.text) throw new LiveChanged();
      },
    });
  } catch (error) {
    if (error instanceof LiveChanged) return false;
    throw error;
  }
  return true;
}

/** Somebody wrote the live config between the merge and the rename. */
class LiveChanged extends Error {}

/** Keeps a copy of a live config that is about to go. @returns its file */
export async function copyAside(host: Host, live: LiveConfig): Promise<string> {
  const aside = `${configFile(host.layout)}.rejected-${stamp(host)}`;
  await writeAtomically(aside, live.text, { beforeRename: (temporary) => host.own(temporary, 0o600) });
  return aside;
}

function stamp(host: Host): string {
  return host.now().toISOString().replaceAll(':', '-');
}
