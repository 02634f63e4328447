import { readFile } from 'node:fs/promises';
import { readParameter } from '../aws/parameter.ts';
import { oneTry, type Patience } from '../aws/patience.ts';
import { BootstrapError } from '../errors.ts';
import { parsePodSpec } from './parse.ts';
import type { PodSpec } from './pod-spec.ts';

/**
 * Reads a pod spec.
 * @param source a file, or `ssm:NAME` for an SSM parameter
 * @param patience with AWS. Default: one try
 * @throws BootstrapError `SPEC_UNREADABLE`, `SPEC_INVALID`, `SPEC_TOO_NEW`
 */
export async function loadPodSpec(source: string, patience: Patience = oneTry): Promise<PodSpec> {
  const text = source.startsWith('ssm:')
    ? await readParameter(source.slice('ssm:'.length), patience)
    : await readSpecFile(source);
  try {
    return parsePodSpec(JSON.parse(text), source);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new BootstrapError('SPEC_INVALID', `${source} is not JSON: ${error.message}`, { cause: error });
  }
}

async function readSpecFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new BootstrapError(
      'SPEC_UNREADABLE',
      `The spec ${file} cannot be read: ${(error as Error).message}`,
      {
        cause: error,
      },
    );
  }
}
