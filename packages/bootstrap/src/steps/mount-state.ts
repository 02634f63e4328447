import { lstat, mkdir, readlink, rename, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { finishRestore } from '../backup/restore.ts';
import { disownSwap, pendingSwap } from '../backup/swap.ts';
import type { Host } from '../host/host.ts';
import { gatewayUnitName } from '../openclaw/gateway-unit.ts';
import { temporaryOf } from '../temporary/name.ts';
import { removeBelow } from '../temporary/sweep.ts';
import { describeMount, ensureMounted, stateMount } from './mounts.ts';
import { setAsideForeign } from './state-directories.ts';
import type { Step, Warning } from './step.ts';

/** The durable state, and the directories in it that this package needs. */
export const mountState: Step = {
  name: 'mount-state',
  phase: 'activate',
  async plan({ host, spec }) {
    if (!spec.fileSystem) return [];
    const mount = stateMount(host, spec.fileSystem);
    if (!(await host.isMounted(mount))) return [describeMount(mount)];
    const pending = await pendingSwap(host.layout);
    return pending ? [describeFinish(pending.id)] : [];
  },
  async apply(context) {
    const { host, spec } = context;
    const { state, records } = host.layout;
    const changes = spec.fileSystem ? await ensureMounted(context, stateMount(host, spec.fileSystem)) : [];
    const warnings = await setAsideForeign(host);
    for (const directory of [state, records]) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await host.own(directory, 0o700);
    }
    warnings.push(...(await disownUntrue(host)));
    // Before anything reads the state: until then it is neither the old one nor the new one.
    const finished = await finishRestore(host);
    if (finished !== undefined) changes.push(describeFinish(finished));
    return { changes: [...changes, ...(await keepCacheLocal(host))], warnings };
  },
};

/** While a swap counts there is no config that a gateway could start with: where one runs, what is written there is not true. */
async function disownUntrue(host: Host): Promise<Warning[]> {
  if (!(await pendingSwap(host.layout))) return [];
  if ((await host.units.state(gatewayUnitName)).status !== 'active') return [];
  const aside = await disownSwap(host.layout, host.now());
  const message = `A record says that a restore was cut short, but a gateway runs, so none was. It is kept as ${aside}.`;
  return [{ code: 'RECORD_FOREIGN', message }];
}

const describeFinish = (id: string): string => `finish the restore of ${id}, which was cut short`;

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
  if (present?.isDirectory()) await removeBelow(host.layout.state, link);
  // By way of a rename: the other instance of a replacement must never find it missing.
  const temporary = temporaryOf(link);
  await symlink(target, temporary);
  await rename(temporary, link);
  return [`cache of the state at ${target}`];
}
