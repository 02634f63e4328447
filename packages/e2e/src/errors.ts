/** What can go wrong in the pod on one machine. The registry with remedies: docs/errors.md. */
export type StandInErrorCode =
  /** A listener, rule, action or target group of the template is not one that AWS accepts, or that is played here. */
  | 'LISTENER_INVALID'
  /** A rule forwards to a target group that nobody declared, or a target is unknown. */
  | 'TARGET_UNKNOWN'
  /** An authenticate action names a user pool, client or domain that is not running. */
  | 'USER_POOL_UNKNOWN'
  /** The user pool client of the template cannot serve a sign-in. */
  | 'USER_POOL_CLIENT_INVALID'
  /** A user cannot be created or found. */
  | 'USER_INVALID'
  /** The file of the user pool cannot be read. */
  | 'USER_POOL_UNREADABLE'
  /** Not a CloudFormation template, or not one of a pod: a property that the stand-ins need is missing or malformed. */
  | 'TEMPLATE_INVALID'
  /** The template refers to something that only AWS could resolve, or whose kind is not known here. */
  | 'TEMPLATE_UNRESOLVED'
  /** The template uses a feature that the stand-ins do not play. */
  | 'TEMPLATE_UNSUPPORTED'
  /** An IAM policy uses a feature that is not evaluated here. */
  | 'POLICY_UNSUPPORTED'
  /** What a stand-in remembers on disk cannot be read. */
  | 'STATE_UNREADABLE'
  /** This machine cannot give the stand-ins addresses of their own. */
  | 'NETWORK_UNAVAILABLE'
  /** Setting up or using the network of the pod failed. */
  | 'NETWORK_FAILED';

/** A failure that a person can act on: `code` is stable, the message says what is wrong, where, and what to do. */
export class StandInError extends Error {
  /** The code: what prints an error that nobody caught begins with its name. */
  override readonly name: StandInErrorCode;
  readonly code: StandInErrorCode;

  constructor(code: StandInErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = code;
    // It was taken before there was a name.
    Error.captureStackTrace(this, StandInError);
    this.code = code;
  }
}
