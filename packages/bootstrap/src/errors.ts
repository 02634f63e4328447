/** What can go wrong between a pod spec and a running gateway. The registry with remedies: docs/errors.md. */
export type BootstrapErrorCode =
  | 'SPEC_UNREADABLE'
  | 'SPEC_INVALID'
  | 'SPEC_TOO_NEW'
  | 'HOST_UNSUPPORTED'
  | 'OPENCLAW_NOT_INSTALLABLE'
  | 'OPENCLAW_VERSION_NOT_RUN'
  | 'OPENCLAW_UNUSABLE'
  | 'PLUGIN_MISSING'
  | 'ARTIFACT_CORRUPT'
  | 'ARTIFACT_NOT_STORED'
  | 'STATE_NOT_MOUNTED'
  | 'STATE_NOT_ANSWERING'
  | 'STATE_LOCKED'
  | 'STATE_UNLOCKED'
  | 'STATE_NOT_LOCKABLE'
  | 'GATEWAY_HUNG'
  | 'STATE_NEWER'
  | 'STATE_NEEDS_REPAIR'
  | 'SECRET_UNREADABLE'
  | 'SECRET_INVALID'
  | 'FILE_NOT_REGULAR'
  | 'FILE_TOO_LARGE'
  | 'FILE_UNREADABLE'
  | 'CONFIG_UNPARSABLE'
  | 'CONFIG_LOST'
  | 'CONFIG_REJECTED'
  | 'CONFIG_MIGRATED'
  | 'CONFIG_WISH_LEFT_OUT'
  | 'CONFIG_INCLUDE_OVERRULED'
  | 'CONFIG_NOT_IN_EFFECT'
  | 'CONFIG_NOT_WRITTEN'
  | 'CONFIG_MERGE_NOTE'
  | 'LEFTOVER_KEPT'
  | 'RECORD_FOREIGN'
  | 'DISK_FULL'
  | 'DISK_READ_ONLY'
  | 'UNIT_FAILED'
  | 'PORT_TAKEN'
  | 'GATEWAY_NOT_READY'
  | 'GATEWAY_LETS_NOBODY_IN'
  | 'GATEWAY_CONFIG_REFUSED'
  | 'GATEWAY_CALL_FAILED'
  | 'GATEWAY_RUNS_OTHERWISE'
  | 'GATEWAY_MEMORY_HIGH'
  | 'COMMANDS_NOT_APART'
  | 'MODEL_NOT_ANSWERING'
  | 'UPGRADE_REFUSED'
  | 'DOWNGRADE_REFUSED'
  | 'UPGRADE_NOT_POSSIBLE'
  | 'UPGRADE_NOT_REHEARSED'
  | 'UPGRADE_REHEARSAL_FAILED'
  | 'UPGRADE_FAILED'
  | 'PROFILE_NOT_CREATED'
  | 'PEOPLE_NOT_READ'
  | 'PERSON_UNKNOWN'
  | 'LIFECYCLE_SIGNAL_FAILED'
  | 'COMMAND_FAILED'
  | 'BACKUP_FAILED'
  | 'BACKUP_CORRUPT'
  | 'BACKUP_NOT_FOUND'
  | 'BACKUP_FOREIGN'
  | 'BACKUP_NEWER'
  | 'BACKUP_NOT_STORED'
  | 'BACKUP_BUCKET_UNREADABLE'
  | 'BACKUP_OVERDUE'
  | 'DRILL_FAILED'
  | 'DRILL_OVERDUE'
  | 'REPLICA_DAMAGED'
  | 'REPLICA_MISSING'
  | 'BUNDLE_NOT_BUILT'
  | 'REPORT_ABSENT'
  | 'USAGE';

/** A failure that an operator can act on: `code` is stable, the message says what is wrong, where, and what to do. */
export class BootstrapError extends Error {
  /** The code: what prints an error that nobody caught begins with its name. */
  override readonly name: BootstrapErrorCode;
  readonly code: BootstrapErrorCode;

  constructor(code: BootstrapErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = code;
    // It was taken before there was a name.
    Error.captureStackTrace(this, BootstrapError);
    this.code = code;
  }
}
