import { oneTry, type Patience } from '../aws/patience.ts';
import { BootstrapError } from '../errors.ts';
import { parsePodSpec } from './parse.ts';
import type { PodSpec } from './pod-spec.ts';
import { readSpec } from './source.ts';

/**
 * Reads a pod spec.
 * @param source a file, or `ssm:NAME` for an SSM parameter
 * @param patience with AWS. Default: one try
 * @throws BootstrapError `SPEC_UNREADABLE`, `SPEC_INVALID`, `SPEC_TOO_NEW`
 */
export async function loadPodSpec(source: string, patience: Patience = oneTry): Promise<PodSpec> {
  return parseSpecText(await readSpec(source, patience), source);
}

/** @param source names it in errors @throws BootstrapError `SPEC_INVALID`, `SPEC_TOO_NEW` */
export function parseSpecText(text: string, source: string): PodSpec {
  try {
    return parsePodSpec(JSON.parse(text), source);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new BootstrapError('SPEC_INVALID', `${source} is not JSON: ${error.message}`, { cause: error });
  }
}
