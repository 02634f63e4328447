import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { BootstrapError } from '../errors.ts';
import { parseSecretValue } from '../secrets/secret-value.ts';
import { explain } from './explain.ts';

export interface SecretVersion {
  readonly variables: Readonly<Record<string, string>>;
  /** Changes whenever the value does. */
  readonly version: string;
}

/**
 * The pod's secret in its current version.
 * @throws BootstrapError `SECRET_UNREADABLE`, `SECRET_INVALID`
 */
export async function readSecret(arn: string, region: string): Promise<SecretVersion> {
  const client = new SecretsManagerClient({ region });
  try {
    const answer = await client.send(new GetSecretValueCommand({ SecretId: arn }));
    if (answer.SecretString === undefined) {
      throw new BootstrapError('SECRET_INVALID', `The secret ${arn} is binary. Store a JSON object as text.`);
    }
    return { variables: parseSecretValue(answer.SecretString, arn), version: answer.VersionId ?? '' };
  } catch (error) {
    if (error instanceof BootstrapError) throw error;
    throw new BootstrapError(
      'SECRET_UNREADABLE',
      `The secret ${arn} could not be read: ${explain(error)}. The role needs secretsmanager:GetSecretValue on it, and kms:Decrypt on its key.`,
      { cause: error },
    );
  } finally {
    client.destroy();
  }
}
