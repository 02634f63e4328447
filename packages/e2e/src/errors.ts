/** What can go wrong with a pod on one machine. The registry with remedies: docs/errors.md. */
export type LocalPodErrorCode =
  | 'TEMPLATE_INVALID'
  | 'TEMPLATE_UNRESOLVED'
  | 'TEMPLATE_RESOURCE_MISSING'
  | 'POLICY_UNSUPPORTED'
  | 'STATE_UNREADABLE'
  | 'NETWORK_UNAVAILABLE'
  | 'NETWORK_FAILED';

/** A failure that the person at the machine can act on: `code` is stable, the message says what is wrong, where, and what to do. */
export class LocalPodError extends Error {
  override readonly name = 'LocalPodError';
  readonly code: LocalPodErrorCode;

  constructor(code: LocalPodErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
