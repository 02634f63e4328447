import { backUp } from '../backup/create.ts';
import {
  asFailure,
  begun,
  remember,
  rememberStored,
  storeAll,
  superfluous,
  unstored,
} from '../backup/keep.ts';
import { removeReplaced } from '../backup/replaced.ts';
import { concernsAt, dueAt, type BackupPlan } from '../backup/schedule.ts';
import { readStatus } from '../backup/status.ts';
import { BackupStore } from '../backup/store.ts';
import type { Host } from '../host/host.ts';
import type { PodSpec } from '../spec/pod-spec.ts';
import { ReleaseRecords } from '../upgrade/records.ts';
import type { Step, StepContext, StepResult } from './step.ts';

/**
 * Backs the state up when it is time to, copies archives to the bucket, and removes those that are too many. Behind the
 * lifecycle signal: nobody waits for it. The look whether it is time costs one small file.
 */
export const backUpState: Step = {
  name: 'back-up',
  phase: 'activate',
  async plan({ host, spec }) {
    if (!spec.backups) return [];
    const due = dueAt(host.now(), spec.backups, await readStatus(host.layout));
    return due.backup ? ['back the state up'] : [];
  },
  async apply(context) {
    const { spec, host, signal } = context;
    const plan = spec.backups;
    const changes = await removeReplaced(host.layout, host.now());
    if (!plan) return changes.length > 0 ? { changes } : { changes, skipped: 'the spec has no backups' };
    const status = (await readStatus(host.layout)) ?? (await remember(context, {}));
    const due = dueAt(host.now(), plan, status);
    if (due.backup) changes.push(...(await scheduled(context)));
    signal.throwIfAborted();
    const store = new BackupStore(host, spec, { ...patience, signal });
    if (due.store && (await unstored(store)).length > 0) changes.push(...(await copy(context, store)));
    if (changes.length > 0) changes.push(...(await tidy(host, store, plan)));
    return result(changes, concernsAt(host.now(), plan, await readStatus(host.layout)));
  },
};

/** Behind the lifecycle signal there is time, and the next look is not far. */
const patience = { seconds: 30, deniedSeconds: 0 };

/** Whether a run would have something to do for backups. One small file, and one look into their folder. */
export async function areBackupsDue(host: Host, spec: PodSpec): Promise<boolean> {
  if (!spec.backups) return false;
  const due = dueAt(host.now(), spec.backups, await readStatus(host.layout));
  return due.backup || due.drill || (due.store && (await unstored(new BackupStore(host, spec))).length > 0);
}

function result(changes: string[], warnings: NonNullable<StepResult['warnings']>): StepResult {
  return warnings.length > 0 ? { changes, warnings } : { changes };
}

/** A failure is remembered, and said for as long as there was no success: the step itself goes on. */
async function scheduled(context: StepContext): Promise<string[]> {
  const { host, signal } = context;
  try {
    const { id, at, bytes } = await begun(context, 'backupBegun', () => backUp(context, 'scheduled'));
    await remember(context, { lastBackup: at, backupFailure: undefined, backupBegun: undefined });
    return [`backed the state up: ${id}, ${bytes} bytes`];
  } catch (error) {
    signal.throwIfAborted();
    await remember(context, { backupFailure: asFailure(host.now(), error), backupBegun: undefined });
    throw error;
  }
}

async function copy(context: StepContext, store: BackupStore): Promise<string[]> {
  const { host, signal } = context;
  try {
    const done = await storeAll(store, host.now());
    await rememberStored(context, store);
    return done;
  } catch (error) {
    signal.throwIfAborted();
    await rememberStored(context, store, asFailure(host.now(), error));
    return [];
  }
}

async function tidy(host: Host, store: BackupStore, { keep }: BackupPlan): Promise<string[]> {
  const { folder } = store;
  const last = await new ReleaseRecords(host).last();
  const held = {
    unstored: new Set(await unstored(store)),
    // Without a bucket there is no other way back from an upgrade, and it is promised for as long as the record says so.
    wayBack: last?.upgraded?.backup?.id,
  };
  const superfluousIds = superfluous(await folder.list(), keep, held, host.now());
  for (const id of superfluousIds) await folder.remove(id);
  return superfluousIds.map((id) => `remove the backup ${id} from the file system: ${keep} are kept`);
}
