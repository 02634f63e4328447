import type { Caller } from './credentials.ts';
import type { AccessFaults, AwsFault } from './fault.ts';

/** A request as it came over the wire, its body complete. */
export interface AwsRequest {
  readonly method: string;
  /** As sent: percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

export interface AwsResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** What IAM must allow before an operation runs. */
export interface Permission {
  readonly action: string;
  readonly resource: string;
  /** Condition keys of this request, beside the global ones. */
  readonly context?: Readonly<Record<string, string>>;
}

/** A request that was understood, and not yet allowed. */
export interface Call {
  readonly operation: string;
  readonly permissions: readonly Permission[];
  readonly run: (caller: Caller) => Promise<AwsResponse> | AwsResponse;
}

/** One AWS service behind the endpoint. */
export interface AwsService {
  /** As in the credential scope of a signature. */
  readonly signingName: string;
  readonly accessFaults: AccessFaults;
  /** @throws AwsFault for an operation or input that the service refuses */
  resolve(request: AwsRequest): Promise<Call> | Call;
  readonly renderFault: (fault: AwsFault, requestId: string) => AwsResponse;
}
