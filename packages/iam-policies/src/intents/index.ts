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
  sessionManager,
  type SessionManagerOptions,
} from './instance.ts';
export {
  encryptLogs,
  publishMetrics,
  writeLogs,
  type EncryptLogsOptions,
  type WriteLogsOptions,
} from './observability.ts';
export { listPeople } from './people.ts';
export { decryptWith, readArtifact, readSecret, readSpec, type DecryptOptions } from './secrets.ts';
export {
  backupTo,
  fileSystemPolicy,
  mountFileSystem,
  type BackupOptions,
  type MountOptions,
} from './storage.ts';
