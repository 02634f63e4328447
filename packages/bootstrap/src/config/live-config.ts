import { link, lstat, rename, rm } from 'node:fs/promises';
import { BootstrapError, type BootstrapErrorCode } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { configFile } from '../openclaw/gateway-unit.ts';
import { PeopleFiles } from '../people/people-files.ts';
import { groupAdministrators } from '../people/wanted-people.ts';
import { isPluginInstalled, missingPlugins, pluginsOf } from '../openclaw/release-plugins.ts';
import type { PodSpec } from '../spec/pod-spec.ts';
import type { AcceptedConfig } from './accept-config.ts';
import { writeAtomically } from './atomic-file.ts';
import { ConfigRecords, sha256, type Edit, type GoodConfig } from './config-records.ts';
import { mainFile, readIncludes, type ConfigSet, type LiveConfig } from './config-set.ts';
import { desiredConfig, withoutPlugins, withPlugins } from './desired.ts';
import { commandsOf } from '../commands/choice.ts';
import { commandsOwners } from '../commands/config.ts';
import { readIfPresent } from './files.ts';
import { GatewayFiles } from './gateway-files.ts';
import type { Wanted } from './merge.ts';

export interface LiveFile {
  /** Absent where there is no config yet, or an unreadable one. */
  readonly live?: LiveConfig;
  /** Why it cannot be read as a config. */
  readonly unreadable?: BootstrapError;
}

/** What is no config, whatever the storage does. Anything else may be over in a minute, and is not touched. */
const hopeless: readonly BootstrapErrorCode[] = ['CONFIG_UNPARSABLE', 'FILE_NOT_REGULAR', 'FILE_TOO_LARGE'];

export async function readLive(host: Host): Promise<LiveFile> {
  try {
    const text = await readIfPresent(configFile(host.layout));
    return text === undefined ? {} : { live: await readIncludes(host, text) };
  } catch (error) {
    if (!(error instanceof BootstrapError) || !hopeless.includes(error.code)) throw error;
    return { unreadable: error };
  }
}

/**
 * Keeps a config that is no config, whatever it is, under another name, and puts the last good one in its place with all
 * its files.
 * @returns what was done, in a sentence
 */
export async function setAsideUnreadable(host: Host, why: BootstrapError): Promise<string> {
  const file = configFile(host.layout);
  const aside = `${file}.unparsable-${stamp(host)}`;
  const good = await new ConfigRecords(host).lastGood();
  // A second name first: a crash leaves one of the two under the config's own. Only a directory cannot have two.
  await link(file, aside).catch(() => rename(file, aside));
  const kept = good ? await restore(host, good, undefined) : await rm(file, { force: true }).then(() => []);
  const instead = good ? `the config of ${good.at} was restored` : 'a new one was made from the spec';
  const besides = kept.length > 0 ? `, ${kept.join(', ')}` : '';
  return `${file} could not be used (${why.message}). It was set aside as ${aside}${besides}; ${instead}.`;
}

/**
 * Makes a good config the live one again, with what had been applied to it. What its files have now is kept beside them.
 * @returns the names of the copies
 */
export async function restore(host: Host, good: GoodConfig, live: ConfigSet | undefined): Promise<string[]> {
  const files = new GatewayFiles(host);
  const now = new Map(
    (await files.read([...good.includes.keys()])).map((file) => [
      file.name,
      'text' in file ? file.text : undefined,
    ]),
  );
  const kept: string[] = [];
  for (const [name, text] of good.includes) {
    const before = now.get(name);
    if (before === text) continue;
    if (before !== undefined) kept.push(await copyBeside(host, name, before));
    await files.write([{ name, before, text }]);
  }
  if (live !== undefined && live.text !== good.text) kept.push(await copyBeside(host, mainFile, live.text));
  await writeMain(host, good.text);
  const records = new ConfigRecords(host);
  // It counts as restored when OpenClaw has read it once more.
  await records.forgetAccepted();
  if (good.lastApplied) await records.saveLastApplied(good.lastApplied);
  return kept;
}

/** What infrastructure wants of this pod: not to use a plugin that this machine could not get. */
export async function wantedBy(host: Host, spec: PodSpec): Promise<Wanted> {
  const commands = commandsOf(spec, host);
  const missing = (await missingPlugins(host, spec)).map(({ id }) => id);
  const installed: string[] = [];
  for (const plugin of pluginsOf(spec)) {
    if (await isPluginInstalled(host, spec, plugin)) installed.push(plugin.id);
  }
  const list = spec.login?.groups && (await new PeopleFiles(host.layout).read());
  const desired = desiredConfig(spec, host.layout, commands, groupAdministrators(spec, list));
  return {
    desired: withoutPlugins(withPlugins(desired, installed), missing),
    lastApplied: await new ConfigRecords(host).lastApplied(),
    owners: { ...spec.openclaw.owners, ...commandsOwners(commands) },
    release: spec.openclaw.version,
  };
}

/** Writes a config that OpenClaw took, and remembers what it took it for. @returns false when live has changed meanwhile */
export async function install(
  host: Host,
  spec: PodSpec,
  live: ConfigSet | undefined,
  { set, applied, leftOut }: AcceptedConfig,
): Promise<boolean> {
  if (!(await replaceLive(host, live, set))) return false;
  const records = new ConfigRecords(host);
  await records.saveLastApplied(applied);
  await records.saveAccepted(
    set,
    { ...(await wantedBy(host, spec)), lastApplied: applied },
    spec.openclaw.version,
    leftOut,
  );
  return true;
}

async function copyBeside(host: Host, name: string, text: string): Promise<string> {
  const copy = `${name}.rejected-${stamp(host)}`;
  await new GatewayFiles(host).write([{ name: copy, before: undefined, text }]);
  return copy;
}

async function writeMain(host: Host, text: string): Promise<void> {
  await writeAtomically(configFile(host.layout), text, {
    beforeRename: (temporary) => host.own(temporary, 0o600),
  });
}

/**
 * Keeps the live config in the history, and writes another in its place: included files first, so that the main file
 * never stands beside what it overrules.
 * @returns false when somebody has changed one of the files meanwhile
 */
async function replaceLive(host: Host, live: ConfigSet | undefined, set: ConfigSet): Promise<boolean> {
  const records = new ConfigRecords(host);
  const edits = [...set.includes].flatMap(([name, text]): Edit[] => {
    const before = live?.includes.get(name);
    return before === undefined || before === text ? [] : [{ name, before, text }];
  });
  if (edits.length === 0) return await replaceMain(host, live, set.text);
  for (const { before } of edits) await records.keep(before);
  const isMainToChange = live?.text !== set.text;
  await records.savePending({ edits, main: isMainToChange ? sha256(set.text) : undefined });
  const changed = await new GatewayFiles(host).write(edits);
  const isDone = changed.length === 0 && (await replaceMain(host, live, set.text));
  if (!isDone) await putBack(host, edits);
  await records.forgetPending();
  return isDone;
}

async function replaceMain(host: Host, live: ConfigSet | undefined, text: string): Promise<boolean> {
  const records = new ConfigRecords(host);
  const file = configFile(host.layout);
  if (live?.text === text) return (await readIfPresent(file)) === live.text;
  try {
    await writeAtomically(file, text, {
      beforeRename: async (temporary) => {
        await host.own(temporary, 0o600);
        if (live) await records.keep(live.text);
        if ((await readIfPresent(file)) !== live?.text) throw new LiveChanged();
      },
    });
  } catch (error) {
    if (error instanceof LiveChanged) return false;
    throw error;
  }
  return true;
}

/**
 * What a merge moves from an included file to the main one is in neither while it is written. Where a run was cut short
 * there, the included files get back what they had, and the merge is done again.
 */
export async function mendInterrupted(host: Host): Promise<string[]> {
  const records = new ConfigRecords(host);
  const pending = await records.pending();
  if (pending === undefined) return [];
  const main = await readIfPresent(configFile(host.layout)).catch(() => undefined);
  const isDone = main !== undefined && sha256(main) === pending.main;
  const mended = isDone ? [] : await putBack(host, pending.edits);
  await records.forgetPending();
  return mended.map((name) => `give ${name} back what a merge that was cut short had taken out of it`);
}

/** @returns the names of the files that had what was written, and not by now something else */
async function putBack(host: Host, edits: readonly Edit[]): Promise<string[]> {
  const back = edits.map(({ name, before, text }) => ({ name, before: text, text: before }));
  const changed = await new GatewayFiles(host).write(back);
  return edits.map(({ name }) => name).filter((name) => !changed.includes(name));
}

/** Somebody wrote the live config between the merge and the rename. */
class LiveChanged extends Error {}

/**
 * Gives the config to the gateway's user, who could not read or replace it otherwise: the state directory is theirs.
 * @returns whether it was somebody else's
 */
export async function giveToGateway(host: Host): Promise<boolean> {
  const file = configFile(host.layout);
  const [found, state] = await Promise.all([lstat(file).catch(() => undefined), lstat(host.layout.state)]);
  if (!found?.isFile() || found.uid === state.uid) return false;
  const text = await readIfPresent(file);
  if (text !== undefined) await writeMain(host, text);
  return text !== undefined;
}

function stamp(host: Host): string {
  return host.now().toISOString().replaceAll(':', '-');
}
