/**
 * What the load balancer answers itself, without a target.
 *
 * Elastic Load Balancing, "Troubleshoot your Application Load Balancers": the load balancer generates an HTTP error
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html#load-balancer-http-error-codes)
 */
import { STATUS_CODES } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  /** The error_reason field of the access log. */
  readonly errorReason?: string;
}

/** Statuses of Elastic Load Balancing that HTTP does not name. */
const ownPhrases: Readonly<Record<number, string>> = {
  463: 'Too Many Forwarded Addresses',
  561: 'Unauthorized',
};

export function reasonPhrase(status: number): string {
  return ownPhrases[status] ?? STATUS_CODES[status] ?? 'Unknown';
}

export function errorAnswer(status: number, errorReason?: string): Answer {
  const title = `${status} ${reasonPhrase(status)}`;
  return {
    status,
    headers: [['Content-Type', 'text/html']],
    body: `<html>\n<head><title>${title}</title></head>\n<body><center><h1>${title}</h1></center></body>\n</html>\n`,
    ...(errorReason === undefined ? {} : { errorReason }),
  };
}

export function redirectAnswer(
  status: 301 | 302,
  location: string,
  setCookies: readonly string[] = [],
): Answer {
  return {
    status,
    headers: [['Location', location], ...setCookies.map((cookie) => ['Set-Cookie', cookie] as const)],
    body: '',
  };
}
