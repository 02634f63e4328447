import { readFile } from 'node:fs/promises';
import { readObject } from '../aws/object.ts';
import { readParameter } from '../aws/parameter.ts';
import { oneTry, type Patience } from '../aws/patience.ts';
import { BootstrapError } from '../errors.ts';
import { configObjectOf, wholeSpec } from './stored-spec.ts';

/**
 * The text of a pod spec, as a whole: what a parameter could not hold is fetched from where it says.
 * @param source a file, or `ssm:NAME` for an SSM parameter
 * @param patience with AWS. Default: one try
 * @throws BootstrapError `SPEC_UNREADABLE`; `SPEC_INVALID` where what was fetched is not what was meant
 */
export async function readSpec(source: string, patience: Patience = oneTry): Promise<string> {
  const text = source.startsWith('ssm:')
    ? await readParameter(parameterName(source), patience)
    : await readSpecFile(source);
  const stored = parsed(text);
  const object = configObjectOf(stored);
  if (object === undefined) return text;
  return JSON.stringify(wholeSpec(stored, await readObject(object, patience), source));
}

/** What is no JSON is for whoever checks the spec to say. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
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
