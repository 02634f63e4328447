/** What a pod does on AWS, each as the least that allows it. */
export { keepBackups, type KeepBackupsOptions } from './backups.ts';
export {
  invokeBedrock,
  listBedrockModels,
  subscribeMarketplace,
  type InvokeBedrockOptions,
  type SubscribeMarketplaceOptions,
} from './bedrock.ts';
export {
  completeLifecycle,
  describeInstances,
  openSession,
  sessionManager,
  type OpenSessionOptions,
  type SessionManagerOptions,
} from './instance.ts';
export {
  deliverAccessLogs,
  encryptLogs,
  publishAlarms,
  publishMetrics,
  writeLogs,
  type DeliverAccessLogsOptions,
  type EncryptLogsOptions,
  type PublishAlarmsOptions,
  type WriteLogsOptions,
} from './observability.ts';
export { listPeople } from './people.ts';
export {
  decryptWith,
  encryptWith,
  readArtifact,
  readSecret,
  readSpec,
  writeSecret,
  type DecryptOptions,
} from './secrets.ts';
export {
  backupTo,
  fileSystemPolicy,
  mountFileSystem,
  type BackupOptions,
  type MountOptions,
} from './storage.ts';
