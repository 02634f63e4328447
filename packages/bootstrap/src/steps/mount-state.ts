import { lstat, mkdir, readlink, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host } from '../host/host.ts';
import { describeMount, ensureMounted, stateMount } from './mounts.ts';
import type { Step } from './step.ts';

/** The durable state, and the directories in it that this package needs. */
export const mountState: Step = {
  name: 'mount-state',
  phase: 'activate',
  async plan({ host, spec }) {
    if (!spec.fileSystem) return [];
    const mount = stateMount(host, spec.fileSystem);
    return (await host.isMounted(mount)) ? [] : [describeMount(mount)];
  },
  async apply({ host, spec }) {
    const { state, records } = host.layout;
    const changes = spec.fileSystem ? await ensureMounted(host, stateMount(host, spec.fileSystem)) : [];
    for (const directory of [state, records]) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await host.own(directory, 0o700);
    }
    return { changes: [...changes, ...(await keepCacheLocal(host))] };
  },
};

/**
 * OpenClaw writes about 1,500 files to `cache/` in its state directory after each start. They can be rebuilt, so they
 * go to the local disk. What an earlier gateway has cached in place is of no value.
 */
async function keepCacheLocal(host: Host): Promise<string[]> {
  const link = join(host.layout.state, 'cache');
  const target = join(host.layout.cache, 'state');
  await mkdir(target, { recursive: true, mode: 0o700 });
  await host.own(target, 0o700);
  const present = await lstat(link).catch(() => undefined);
  if (present?.isSymbolicLink() && (await readlink(link)) === target) return [];
  if (present?.isDirectory()) await rm(link, { recursive: true });
  // By way of a rename: the other instance of a replacement must never find it missing.
  await rm(`${link}.new`, { force: true });
  await symlink(target, `${link}.new`);
  await rename(`${link}.new`, link);
  return [`cache of the state at ${target}`];
}
