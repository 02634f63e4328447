import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { BootstrapError } from '../errors.ts';
import { explain } from './explain.ts';
import { InstanceMetadata } from './instance-metadata.ts';

/** The text of an SSM parameter. @throws BootstrapError `SPEC_UNREADABLE` */
export async function readParameter(name: string): Promise<string> {
  const region = process.env['AWS_REGION'] ?? (await ownRegion(name));
  const client = new SSMClient({ region });
  try {
    const answer = await client.send(new GetParameterCommand({ Name: name }));
    return answer.Parameter?.Value ?? '';
  } catch (error) {
    throw unreadable(name, error);
  } finally {
    client.destroy();
  }
}

async function ownRegion(name: string): Promise<string> {
  try {
    return await new InstanceMetadata().region();
  } catch (error) {
    throw unreadable(name, error);
  }
}

function unreadable(name: string, error: unknown): BootstrapError {
  return new BootstrapError(
    'SPEC_UNREADABLE',
    `The SSM parameter ${name} could not be read: ${explain(error)}. The role needs ssm:GetParameter on it.`,
    { cause: error },
  );
}
