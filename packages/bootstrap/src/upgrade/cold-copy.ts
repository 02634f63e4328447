import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { BootstrapError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { temporaryOf } from '../temporary/name.ts';
import { removeShut } from './remove-shut.ts';

/**
 * What a gateway can make again, or has nothing to do with: 2026.9.x rebuilds it at its start (its own backup leaves the
 * same out). All the rest is copied, also what nobody knows of yet.
 */
const rebuilt = ['cache', 'tmp', 'npm', 'plugin-skills'];

function copyFolder({ layout }: Host): string {
  return join(layout.records, 'upgrade-copy');
}

/**
 * Copies the state as a stopped gateway has left it: what a rollback gives back. It lies beside the state, so that it comes
 * back by renames, from whatever machine. Of the workspace only its top files are copied: that is what a release has
 * ever migrated in there, and the rest may be large.
 * Only behind the fence.
 * @throws BootstrapError `UPGRADE_NOT_POSSIBLE`
 */
export async function copyState(host: Host): Promise<void> {
  await giveRecords(host);
  await run(host, { task: 'copy' });
}

/** What root has written, the gateway's user can copy. On EFS it is that user's already. */
export async function giveRecords(host: Host): Promise<void> {
  const { records } = host.layout;
  const entries = await readdir(records, { withFileTypes: true });
  for (const entry of entries) if (entry.isFile()) await host.own(join(records, entry.name), 0o600);
}

const restored = z.object({
  hadCopy: z.boolean(),
  aside: z.string().optional(),
  notBack: z.array(z.string()).default([]),
});

/** What came of {@link restoreState}. */
export interface RestoredState {
  /** False: there was nothing to put back, and the state is as it was found. */
  readonly hadCopy: boolean;
  /** Where what the state had become is kept. Absent: nothing had to be moved. */
  readonly aside?: string | undefined;
  /** What of workspaces could not be put back, and why, one line each. */
  readonly notBack: readonly string[];
}

/**
 * Puts the copy in the place of what is there, which is kept aside. One that was cut short is finished by the next; without
 * a copy, and after the last rename, there is nothing to do. Only behind the fence.
 */
export async function restoreState(host: Host): Promise<RestoredState> {
  const stamp = host.now().toISOString().replaceAll(':', '-');
  return restored.parse(await run(host, { task: 'restore', aside: `upgrade-failed-${stamp}` }));
}

/**
 * Lays the copy out as a state directory somewhere else. Of workspaces it has the top files only.
 * @param target must not be there yet; its parent belongs to the gateway's user
 * @throws BootstrapError `UPGRADE_NOT_POSSIBLE`
 */
export async function layOutCopy(host: Host, target: string): Promise<void> {
  await run(host, { task: 'lay-out', target });
}

/** Whether there is one, be it half of one. */
export async function hasCopy(host: Host): Promise<boolean> {
  return access(copyFolder(host)).then(
    () => true,
    () => false,
  );
}

/** Keeps the copy as the only way back from a release, until it is old. */
export async function keepCopy(host: Host, from: string): Promise<void> {
  await run(host, { task: 'keep', aside: `upgrade-from-${from}` });
}

/** Removes the copy: the upgrade is done, or was never begun. */
export async function forgetCopy(host: Host): Promise<void> {
  await run(host, { task: 'forget' });
}

interface Input {
  readonly task: 'copy' | 'restore' | 'lay-out' | 'keep' | 'forget';
  /** Name in the records for what goes aside. */
  readonly aside?: string;
  readonly target?: string;
}

async function run(host: Host, input: Input): Promise<unknown> {
  const { layout, node, gatewayUser } = host;
  const result = await host.run({
    file: node,
    args: ['--input-type=module', '--eval', program],
    cwd: layout.state,
    input: JSON.stringify({
      ...input,
      state: layout.state,
      records: layout.records,
      folder: copyFolder(host),
      half: temporaryOf(copyFolder(host)),
      rebuilt,
    }),
    timeoutSeconds: 1800,
    ...(gatewayUser === undefined ? {} : { user: gatewayUser }),
  });
  if (result.exitCode === 0) return JSON.parse(result.stdout) as unknown;
  throw new BootstrapError(
    'UPGRADE_NOT_POSSIBLE',
    `The copy of the state in ${copyFolder(host)} failed (${input.task}): ${result.stderr.trim().slice(-500)}`,
  );
}

/**
 * Runs apart from this program, as the gateway's user, so it is text: no link that the agent plants in its state leads
 * root anywhere.
 */
const program = `
import { execFileSync } from 'node:child_process';
import { constants, existsSync } from 'node:fs';
import { chmod, copyFile, cp, lstat, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';

const { task, state, records, folder, half, rebuilt, aside, target } = JSON.parse(await text(process.stdin));
const own = basename(records);
const manifest = join(folder, 'manifest.json');
const isWorkspace = (name) => /^workspace(-|$)/.test(name) && !/attestations$/.test(name);
const isState = (name) => name !== own && !rebuilt.includes(name) && !isWorkspace(name);
const isRecord = (name) => name.endsWith('.json') && name !== 'release.json' && name !== 'upgrade.json';
const clone = { mode: constants.COPYFILE_FICLONE };
const present = (path) => lstat(path).then(() => true, () => false);

async function filesOf(directory) {
  const entries = await readdir(directory, { withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

async function copyAll(from, to, names) {
  await mkdir(to, { recursive: true, mode: 0o700 });
  for (const name of names) {
    const isKind = (path) => lstat(path).then((stat) => stat.isFile() || stat.isDirectory() || stat.isSymbolicLink());
    await cp(join(from, name), join(to, name), {
      ...clone, recursive: true, preserveTimestamps: true, verbatimSymlinks: true, filter: isKind,
    });
  }
}

/** Under a name of its own until it is whole: a run that was killed may have left one that still copies. */
async function copy() {
  await remove(folder);
  try {
    await copyInto(half);
  } catch (error) {
    // Half a copy is good for nothing, and what fills the disk keeps the record of it from being written.
    await remove(half).catch(() => {});
    throw error;
  }
  await remove(folder);
  await rename(half, folder);
  flush(folder);
}

async function copyInto(folder) {
  const names = await readdir(state);
  const entries = names.filter(isState);
  await copyAll(state, join(folder, 'state'), entries);
  const kept = (await filesOf(records)).filter(isRecord);
  await copyAll(records, join(folder, 'records'), kept);
  const workspaces = {};
  for (const name of names.filter(isWorkspace)) {
    if (!(await lstat(join(state, name))).isDirectory()) continue;
    workspaces[name] = await filesOf(join(state, name));
    await copyAll(join(state, name), join(folder, 'workspaces', name), workspaces[name]);
  }
  // The copy counts once it says so, and once all of it has reached the storage.
  flush(folder);
  const said = JSON.stringify({ entries, records: kept, workspaces });
  await writeFile(join(folder, basename(manifest)), said, { mode: 0o600 });
  flush(folder);
}

function flush(folder) {
  try {
    execFileSync('sync', ['-f', folder]);
  } catch {
    execFileSync('sync');
  }
}

/** Puts what is in one directory into another. What is there, and what was not there, goes aside. */
async function swap(from, to, names, isTheirs, kept) {
  for (const name of (await readdir(to)).filter(isTheirs)) {
    // What the copy had and has no more is back already.
    if (names.includes(name) && !(await present(join(from, name)))) continue;
    await mkdir(kept, { recursive: true, mode: 0o700 });
    let target = join(kept, name);
    for (let number = 1; existsSync(target); number += 1) target = join(kept, name + '.' + number);
    await move(join(to, name), target);
  }
  for (const name of names) if (await present(join(from, name))) await move(join(from, name), join(to, name));
}

/** A directory gets another parent only where its owner may write in it: https://man7.org/linux/man-pages/man2/rename.2.html */
async function move(from, to) {
  const stat = await lstat(from);
  const mode = stat.mode & 0o7777;
  const isShut = stat.isDirectory() && (mode & 0o200) === 0;
  if (isShut) await chmod(from, mode | 0o700);
  await rename(from, to);
  if (isShut) await chmod(to, mode);
}

${removeShut}async function restore() {
  if (!(await present(manifest))) return { hadCopy: false };
  const { entries, records: kept, workspaces } = JSON.parse(await readFile(manifest, 'utf8'));
  const away = join(records, aside);
  await swap(join(folder, 'state'), state, entries, isState, join(away, 'state'));
  await swap(join(folder, 'records'), records, kept, isRecord, join(away, 'records'));
  // People's own files stay as they are by now; what a migration took away comes back. The state is back, whatever has become
  // of a workspace: people may have removed it, or closed it, or the disk is full.
  const notBack = [];
  for (const [name, files] of Object.entries(workspaces)) {
    if (!(await present(join(state, name)))) {
      notBack.push(name + ': it is gone');
      continue;
    }
    for (const file of files) {
      const target = join(state, name, file);
      try {
        if (!(await present(target))) await copyFile(join(folder, 'workspaces', name, file), target);
      } catch (error) {
        notBack.push(name + '/' + file + ': ' + error.code);
      }
    }
  }
  flush(folder);
  return { hadCopy: true, notBack, ...((await present(away)) && { aside: away }) };
}

async function layOut() {
  await copyAll(join(folder, 'state'), target, await readdir(join(folder, 'state')));
  const workspaces = join(folder, 'workspaces');
  if (await present(workspaces)) await copyAll(workspaces, target, await readdir(workspaces));
}

async function keep() {
  await remove(join(records, aside));
  if (await present(folder)) await rename(folder, join(records, aside));
}

async function forget() {
  // First what makes it count: half of it must never be put back.
  await rm(manifest, { force: true });
  await remove(folder);
}

const answer = await { copy, restore, 'lay-out': layOut, keep, forget }[task]();
process.stdout.write(JSON.stringify(answer ?? {}));
`;
