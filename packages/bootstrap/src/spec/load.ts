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
    ? await readParameter(parameterName(source), patience)
    : await readSpecFile(source);
  try {
    return parsePodSpec(JSON.parse(text), source);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new BootstrapError('SPEC_INVALID', `${source} is not JSON: ${error.message}`, { cause: error });
  }
}

/** AWS would be asked again and again for a name that it cannot have: https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html */
function parameterName(source: string): string {
  const name = source.slice('ssm:'.length);
  if (/^[\w.:/-]+$/.test(name)) return name;
  throw new BootstrapError('SPEC_UNREADABLE', `${source} names no SSM parameter: write ssm:/path/of/it.`);
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
