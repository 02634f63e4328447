export { backUp, type Backup, type BackupContext } from './create.ts';
export { drill } from './drill.ts';
export { remember, storeAll } from './keep.ts';
export { schemasOf, type BackupManifest, type BackupReason } from './manifest.ts';
export { replacedStates } from './replaced.ts';
export { planRestore, restoreBackup, type Restored, type RestoreOptions } from './restore.ts';
export { concernsAt, dueAt, type BackupConcern, type BackupPlan, type Due } from './schedule.ts';
export { readStatus, type BackupStatus, type Drill } from './status.ts';
export { BackupStore } from './store.ts';
