import type { z } from 'zod';
import { BootstrapError } from '../errors.ts';
import { podSpecSchema, type PodSpec } from './pod-spec.ts';

/**
 * Checks a pod spec.
 * @param origin where it came from, for the message
 * @throws BootstrapError `SPEC_INVALID` naming every wrong field
 */
export function parsePodSpec(value: unknown, origin: string): PodSpec {
  const result = podSpecSchema.safeParse(value);
  if (result.success) return result.data;
  throw new BootstrapError('SPEC_INVALID', `${origin} is not a pod spec: ${describe(result.error)}`);
}

function describe(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join('.') || '(root)'}: ${issue.message}`).join('; ');
}
