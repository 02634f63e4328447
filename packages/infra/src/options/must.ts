import type { InfraErrorCode } from '../errors.ts';

/** A check whose failure carries a stable code beside its place. */
export function must<T>(
  accepts: (value: T) => boolean,
  code: InfraErrorCode,
  message: string | ((shown: string) => string),
) {
  const error = (issue: { input?: unknown }) =>
    typeof message === 'string' ? message : message(JSON.stringify(issue.input));
  return [accepts, { error, params: { code } }] as const;
}
