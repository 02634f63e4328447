import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { BootstrapError } from '../errors.ts';
import { explain } from './explain.ts';
import { InstanceMetadata } from './instance-metadata.ts';
import { outlookOfCall } from './outlook.ts';
import { oneTry, patiently, type Patience } from './patience.ts';
import { whileOpen } from './while-open.ts';

/**
 * The text of an SSM parameter.
 * @throws BootstrapError `SPEC_UNREADABLE`
 */
export async function readParameter(name: string, patience: Patience = oneTry): Promise<string> {
  try {
    const region = process.env['AWS_REGION'] ?? (await new InstanceMetadata(patience).region());
    return await patiently(patience, outlookOfCall, (signal) => getParameter(name, region, signal));
  } catch (error) {
    throw new BootstrapError(
      'SPEC_UNREADABLE',
      `The SSM parameter ${name} could not be read: ${explain(error)}. The role needs ssm:GetParameter on it.`,
      { cause: error },
    );
  }
}

async function getParameter(name: string, region: string, signal: AbortSignal): Promise<string> {
  const answer = await whileOpen(new SSMClient({ region }), signal, (client) =>
    client.send(new GetParameterCommand({ Name: name }), { abortSignal: signal }),
  );
  return answer.Parameter?.Value ?? '';
}
