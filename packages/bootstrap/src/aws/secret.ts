import {
  GetSecretValueCommand,
  SecretsManagerClient,
  type GetSecretValueCommandOutput,
} from '@aws-sdk/client-secrets-manager';
import { BootstrapError } from '../errors.ts';
import { parseSecretValue } from '../secrets/secret-value.ts';
import { explain } from './explain.ts';
import { outlookOfCall } from './outlook.ts';
import { oneTry, patiently, type Patience } from './patience.ts';
import { whileOpen } from './while-open.ts';

export interface SecretVersion {
  readonly variables: Readonly<Record<string, string>>;
  /** Changes whenever the value does. */
  readonly version: string;
}

/**
 * The pod's secret in its current version.
 * @throws BootstrapError `SECRET_UNREADABLE`, `SECRET_INVALID`
 */
export async function readSecret(
  arn: string,
  region: string,
  patience: Patience = oneTry,
): Promise<SecretVersion> {
  const { SecretString: text, VersionId: version = '' } = await patiently(patience, outlookOfCall, (signal) =>
    getSecretValue(arn, region, signal),
  ).catch((error: unknown) => {
    throw new BootstrapError(
      'SECRET_UNREADABLE',
      `The secret ${arn} could not be read: ${explain(error)}. The role needs secretsmanager:GetSecretValue on it, and kms:Decrypt on its key.`,
      { cause: error },
    );
  });
  if (text === undefined) {
    throw new BootstrapError('SECRET_INVALID', `The secret ${arn} is binary. Store a JSON object as text.`);
  }
  return { variables: parseSecretValue(text, arn), version };
}

function getSecretValue(
  arn: string,
  region: string,
  signal: AbortSignal,
): Promise<GetSecretValueCommandOutput> {
  return whileOpen(new SecretsManagerClient({ region }), signal, (client) =>
    client.send(new GetSecretValueCommand({ SecretId: arn }), { abortSignal: signal }),
  );
}
