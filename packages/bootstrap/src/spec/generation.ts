import { createHash } from 'node:crypto';
import type { PodSpec } from './pod-spec.ts';

/**
 * Which spec it is: the first twelve hexadecimal digits of the SHA-256 of it. No count, as Kubernetes has, because a spec comes from
 * a file or another object as well as from a parameter: two can be told apart, and not which was first. Says nothing of the
 * secret.
 */
export function generationOf(spec: PodSpec): string {
  return createHash('sha256').update(JSON.stringify(spec)).digest('hex').slice(0, 12);
}
