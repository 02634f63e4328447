import { readFile } from 'node:fs/promises';
import { readParameter } from '../aws/parameter.ts';
import { oneTry, type Patience } from '../aws/patience.ts';
import { BootstrapError } from '../errors.ts';

/**
 * The text of a pod spec.
 * @param source a file, or `ssm:NAME` for an SSM parameter
 * @param patience with AWS. Default: one try
 * @throws BootstrapError `SPEC_UNREADABLE`
 */
export async function readSpec(source: string, patience: Patience = oneTry): Promise<string> {
  return source.startsWith('ssm:')
    ? await readParameter(parameterName(source), patience)
    : await readSpecFile(source);
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
