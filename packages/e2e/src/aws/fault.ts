/** An error that an AWS service answers with: not a failure of the stand-in, but a part of its protocol. */
export class AwsFault extends Error {
  override readonly name = 'AwsFault';
  readonly code: string;
  /** HTTP status. */
  readonly status: number;

  constructor(code: string, status: number, message: string) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** Ways in which a request fails before it reaches an operation; each protocol has its own codes for them. */
export type AccessFault =
  | 'unsigned'
  | 'malformed-signature'
  | 'unknown-credentials'
  | 'expired-credentials'
  | 'wrong-signature'
  | 'skewed-clock'
  | 'denied';

/** Code, HTTP status and default message per {@link AccessFault}. */
export type AccessFaults = Readonly<
  Record<AccessFault, readonly [code: string, status: number, message: string]>
>;

export class AccessError extends Error {
  override readonly name = 'AccessError';
  readonly fault: AccessFault;

  constructor(fault: AccessFault, detail?: string) {
    super(detail);
    this.fault = fault;
  }

  in(faults: AccessFaults): AwsFault {
    const [code, status, message] = faults[this.fault];
    return new AwsFault(code, status, this.message === '' ? message : this.message);
  }
}
