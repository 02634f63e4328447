/** What can go wrong between a pod spec and a running gateway. The registry with remedies: docs/errors.md. */
export type BootstrapErrorCode =
  | 'SPEC_UNREADABLE'
  | 'SPEC_INVALID'
  | 'HOST_UNSUPPORTED'
  | 'OPENCLAW_NOT_INSTALLABLE'
  | 'ARTIFACT_CORRUPT'
  | 'ARTIFACT_NOT_STORED'
  | 'STATE_NOT_MOUNTED'
  | 'STATE_LOCKED'
  | 'SECRET_UNREADABLE'
  | 'SECRET_INVALID'
  | 'FILE_NOT_REGULAR'
  | 'CONFIG_UNPARSABLE'
  | 'CONFIG_REJECTED'
  | 'CONFIG_NOT_WRITTEN'
  | 'CONFIG_MERGE_NOTE'
  | 'UNIT_FAILED'
  | 'PORT_TAKEN'
  | 'GATEWAY_NOT_READY'
  | 'GATEWAY_CONFIG_REFUSED'
  | 'GATEWAY_CALL_FAILED'
  | 'LIFECYCLE_SIGNAL_FAILED'
  | 'COMMAND_FAILED'
  | 'BUNDLE_NOT_BUILT'
  | 'REPORT_ABSENT'
  | 'USAGE';

/** A failure that an operator can act on: `code` is stable, the message says what is wrong, where, and what to do. */
export class BootstrapError extends Error {
  override readonly name = 'BootstrapError';
  readonly code: BootstrapErrorCode;

  constructor(code: BootstrapErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
