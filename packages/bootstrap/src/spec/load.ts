import { readFile } from 'node:fs/promises';
import { readParameter } from '../aws/parameter.ts';
import { BootstrapError } from '../errors.ts';
import { parsePodSpec } from './parse.ts';
import type { PodSpec } from './pod-spec.ts';

/**
 * Reads a pod spec.
 * @param source a file, or `ssm:NAME` for an SSM parameter
 * @throws BootstrapError `SPEC_UNREADABLE`, `SPEC_INVALID`
 */
export async function loadPodSpec(source: string): Promise<PodSpec> {
  const text = source.startsWith('ssm:')
    ? await readParameter(source.slice('ssm:'.length))
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
