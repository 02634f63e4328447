import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { Host } from '../host/host.ts';
import { removeInstallation } from '../install/installation.ts';
import { isKnownVersion } from '../openclaw-release.ts';
import type { StepContext } from '../steps/step.ts';
import { ReleaseRecords } from './records.ts';
import { removeShut } from './remove-shut.ts';

/**
 * So long after an upgrade the release before it stays, with what the migration has left behind: a fault that shows only
 * in a week's work is found by then. Afterwards there are the backups, which are kept by their own rules.
 */
export const keptDays = 7;

/**
 * Removes what only a way back from the last upgrade needs, once that is old: installations and artifacts of other
 * releases, copies that OpenClaw made ahead of its migration, and states that were rolled back from.
 * @returns what was removed, one line each
 */
export async function removeOld({ host, spec }: StepContext): Promise<string[]> {
  const records = new ReleaseRecords(host);
  const last = await records.last();
  const before = oldest(host);
  if (last?.upgraded === undefined || Date.parse(last.upgraded.at) > before) return await removeFailed(host);
  const { install, artifacts } = host.layout;
  const isOther = (version: string | undefined): boolean =>
    isKnownVersion(version) && version !== spec.openclaw.version;
  const removed: string[] = [];
  for (const name of await namesIn(install)) {
    if (!isOther(name)) continue;
    await removeInstallation(host, join(install, name));
    removed.push(join(install, name));
  }
  for (const name of await namesIn(artifacts)) {
    if (!isOther(/^openclaw-(?:plugin-.+-)?(\d+\.\d+\.\d+)-/.exec(name)?.[1])) continue;
    await rm(join(artifacts, name), { recursive: true, force: true });
    removed.push(join(artifacts, name));
  }
  const { removed: left, isDone } = await removeFromState(host, { before, isAll: true });
  const { upgraded: _, ...rest } = last;
  // What is left is asked for again.
  if (isDone) await records.saveLast(rest);
  return [...removed, ...left].map((path) => `remove ${path}, ${keptDays} days after the upgrade`);
}

/**
 * Removes states that were rolled back from, once they are old, also where no upgrade ever succeeded: each is as large as
 * the state, and in every backup. Where there is none it has read one directory.
 * @returns what was removed, one line each
 */
export async function removeFailed(host: Host): Promise<string[]> {
  const before = oldest(host);
  const { records } = host.layout;
  const names = (await namesIn(records)).filter((name) => name.startsWith('upgrade-failed-'));
  const stats = await Promise.all(names.map((name) => lstat(join(records, name)).catch(() => undefined)));
  if (!stats.some((stat) => stat !== undefined && stat.mtimeMs <= before)) return [];
  const { removed } = await removeFromState(host, { before, isAll: false });
  return removed.map((path) => `remove ${path}, ${keptDays} days after it was rolled back from`);
}

const oldest = (host: Host): number => host.now().getTime() - keptDays * 86_400_000;

interface Old {
  /** Milliseconds of the epoch. */
  readonly before: number;
  /** Also what an upgrade that was kept has left. */
  readonly isAll: boolean;
}

const outcome = z.object({ removed: z.array(z.string()), isDone: z.boolean() });

async function removeFromState(host: Host, old: Old): Promise<z.infer<typeof outcome>> {
  const { state, records } = host.layout;
  const result = await host.run({
    file: host.node,
    args: ['--input-type=module', '--eval', program],
    cwd: state,
    input: JSON.stringify({ state, records, ...old }),
    timeoutSeconds: 600,
    ...(host.gatewayUser === undefined ? {} : { user: host.gatewayUser }),
  });
  // They take room, and harm nobody: the next run asks again.
  return result.exitCode === 0 ? outcome.parse(JSON.parse(result.stdout)) : { removed: [], isDone: false };
}

function namesIn(directory: string): Promise<string[]> {
  return readdir(directory).catch(() => []);
}

/** Runs apart from this program, as the gateway's user, so it is text: no link in the state leads root anywhere. */
const program = `
import { chmod, lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const { state, records, before, isAll } = JSON.parse(await text(process.stdin));
const agents = await readdir(join(state, 'agents')).catch(() => []);
const places = isAll ? [
  [join(state, 'state'), /\\.pre-startup-migration-.*\\.bak$/],
  ...agents.map((agent) => [join(state, 'agents', agent, 'agent'), /\\.pre-startup-migration-.*\\.bak$/]),
  [records, /^upgrade-(failed|from)-/],
] : [[records, /^upgrade-failed-/]];
const removed = [];
let isDone = true;
${removeShut}for (const [directory, pattern] of places) {
  for (const name of await readdir(directory).catch(() => [])) {
    const path = join(directory, name);
    try {
      if (!pattern.test(name) || (await lstat(path)).mtimeMs > before) continue;
      await remove(path);
      removed.push(path);
    } catch {
      isDone = false;
    }
  }
}
process.stdout.write(JSON.stringify({ removed, isDone }));
`;
