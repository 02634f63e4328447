import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host } from '../host/host.ts';
import { removeBelow } from '../temporary/sweep.ts';

/** How long what people have removed can be had from there, on this machine. */
export const keptDays = 30;

/** What has been in OpenClaw's trash for long enough, by paths. */
export async function oldTrash(host: Pick<Host, 'layout' | 'now'>): Promise<string[]> {
  const { trash } = host.layout;
  const names: string[] = await readdir(trash).catch(() => []);
  const before = host.now().getTime() - keptDays * 86_400_000;
  const found: string[] = [];
  for (const name of names) {
    const path = join(trash, name);
    // When it came there: its own times are those of its contents.
    const came = (await lstat(path).catch(() => undefined))?.ctimeMs ?? Infinity;
    if (came < before) found.push(path);
  }
  return found;
}

/** @returns what was removed */
export async function emptyTrash(host: Pick<Host, 'layout' | 'now'>): Promise<string[]> {
  const old = await oldTrash(host);
  // The agent may write there.
  for (const path of old) await removeBelow(host.layout.trash, path);
  return old;
}
