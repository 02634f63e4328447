/** Every way in which this package refuses at run time. The registry with remedies is in the README. */
export type IamPolicyErrorCode =
  | 'ACTIONS_EMPTY'
  | 'ARN_MALFORMED'
  | 'ARN_PART_INVALID'
  | 'CONDITION_EMPTY'
  | 'CONDITION_REPEATED'
  | 'CONDITION_VALUE_INVALID'
  | 'PRINCIPAL_INVALID'
  | 'PRINCIPAL_MISSING'
  | 'PRINCIPAL_UNEXPECTED'
  | 'REASON_EMPTY'
  | 'RESOURCES_EMPTY'
  | 'SID_ILLEGAL'
  | 'POLICY_EMPTY'
  | 'POLICY_TOO_LARGE'
  | 'STATEMENT_TOO_LARGE'
  | 'TOO_MANY_POLICIES';

/** What the compiler cannot see: values. `code` is stable, the message is not. */
export class IamPolicyError extends Error {
  /** The code: what prints an error that nobody caught begins with its name. */
  override readonly name: IamPolicyErrorCode;
  readonly code: IamPolicyErrorCode;

  constructor(code: IamPolicyErrorCode, message: string) {
    super(message);
    this.name = code;
    // It was taken before there was a name.
    Error.captureStackTrace(this, IamPolicyError);
    this.code = code;
  }
}
