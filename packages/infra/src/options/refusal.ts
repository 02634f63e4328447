import type { z } from 'zod';
import { InfraError, type InfraErrorCode } from '../errors.ts';

/** One thing that is wrong, and where. */
export interface Refusal {
  readonly code: InfraErrorCode;
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** What zod found, in our codes: a check may carry its own, the shape of the props has `PROPS_INVALID`. */
export function refusals(error: z.ZodError): Refusal[] {
  return error.issues.flatMap((issue): Refusal[] => {
    // A key that does not exist is named at its own place, not at the object that has it.
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        code: 'PROPS_INVALID',
        path: [...issue.path, key],
        message: `"${key}" is not a known key.`,
      }));
    }
    const given =
      issue.code === 'custom' ? (issue.params?.['code'] as InfraErrorCode | undefined) : undefined;
    return [{ code: given ?? 'PROPS_INVALID', path: issue.path, message: issue.message }];
  });
}

export function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`,
    )
    .join('');
}

/** @throws InfraError with the code of the first refusal; the message names all of them */
export function checked<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const found = refusals(result.error);
  throw new InfraError(
    found[0]?.code ?? 'PROPS_INVALID',
    found.map(({ path, message }) => `${formatPath(path) || 'props'}: ${message}`).join('\n'),
  );
}
