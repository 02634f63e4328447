/** Whether a failure may pass by itself, is a refusal that may pass soon, or will be the same the next time. */
export type Outlook = 'passing' | 'denied' | 'final';

/** Codes of Node.js for a network that is not there, or not yet: https://nodejs.org/api/errors.html#common-system-errors */
export const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
]);

/**
 * Names of errors of AWS that say "later", whatever their HTTP status. Each service has its own:
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html#standardvsadaptiveretrymode
 */
const later =
  /Throttl|TooManyRequests|SlowDown|RequestLimitExceeded|BandwidthLimit|LimitExceeded|RequestTimeout|PriorRequestNotComplete|TransactionInProgress/;

/**
 * Names of errors that a role gives which is not known everywhere yet, that credentials give which are just being
 * replaced, and that a clock gives which is just being set.
 */
const soon =
  /AccessDenied|UnrecognizedClient|InvalidClientTokenId|OptInRequired|ExpiredToken|RequestExpired|TimeTooSkewed|Signature/;

/**
 * Of a call of an AWS service. Names of errors:
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/CommonErrors.html (the same for every service)
 */
export function outlookOfCall(error: unknown): Outlook {
  if (!(error instanceof Error)) return 'final';
  const { name, code, $metadata, $retryable } = error as Error & {
    readonly code?: string;
    readonly $metadata?: { readonly httpStatusCode?: number };
    readonly $retryable?: object;
  };
  const status = $metadata?.httpStatusCode ?? 0;
  // No source of credentials had any. On an instance the only one is the metadata service.
  if (name === 'CredentialsProviderError' || name === 'ProviderError') return 'passing';
  if (code !== undefined && networkCodes.has(code)) return 'passing';
  if (name === 'TimeoutError' || $retryable !== undefined || later.test(name)) return 'passing';
  if (status >= 500 || status === 429) return 'passing';
  // Half an answer.
  if (error instanceof SyntaxError || (status >= 200 && status < 300)) return 'passing';
  return soon.test(name) ? 'denied' : 'final';
}
