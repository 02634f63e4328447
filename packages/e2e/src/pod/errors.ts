/** What can go wrong with a pod on this machine. The registry with remedies: docs/errors.md. */
export type PodErrorCode =
  | 'BUNDLE_NOT_BUILT'
  | 'PORT_TAKEN'
  | 'PORT_INVALID'
  | 'DATA_DIR_NOT_WRITABLE'
  | 'DATA_DIR_BUSY'
  | 'POD_NOT_RUNNING'
  | 'POD_STARTING'
  | 'POD_STOPPED'
  | 'INSTANCE_FAILED'
  | 'SECRET_INVALID'
  | 'SECRET_NAME_UNKNOWN'
  | 'SECRET_UNKNOWN'
  | 'SECRET_VALUE_MISSING'
  | 'TEMPLATE_UNEXPECTED'
  | 'USAGE';

/** A failure that the person at the keyboard can act on: `code` is stable, the message says what to do. */
export class PodError extends Error {
  /** The code: what prints an error that nobody caught begins with its name. */
  override readonly name: string;
  readonly code: string;

  /** @param code a {@link PodErrorCode}, or the code with which the instance's bootstrap or `infra` failed */
  constructor(code: PodErrorCode | (string & {}), message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = code;
    // It was taken before there was a name.
    Error.captureStackTrace(this, PodError);
    this.code = code;
  }
}
