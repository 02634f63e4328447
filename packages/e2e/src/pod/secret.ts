import { join } from 'node:path';
import { parseSecretValue } from '@clawharbor/bootstrap';
import { keyFile, secretsManager, type SecretsManager } from '../aws/index.ts';
import { readDocument, writeDocument, type DataDirectory } from './data-dir.ts';
import { PodError } from './errors.ts';

/** Which secret of the stand-in is the pod's: known once the template was deployed. */
interface SecretReference {
  readonly region: string;
  readonly arn: string;
}

const referenceFile = (directory: DataDirectory): string => join(directory.aws, 'pod-secret.json');

/** The Secrets Manager of a data directory: values are encrypted at rest. */
export async function openSecretsManager(directory: DataDirectory, region: string): Promise<SecretsManager> {
  return secretsManager({
    region,
    path: join(directory.aws, 'secrets.json'),
    key: await keyFile(join(directory.aws, 'kms.key')),
  });
}

/** Lets {@link putSecret} find the pod's secret while the pod is not running. */
export function rememberSecret(directory: DataDirectory, reference: SecretReference): void {
  writeDocument(referenceFile(directory), reference);
}

/**
 * Sets one key of the pod's secret and keeps the others. The instance takes it up within seconds, or at its next start.
 * @throws PodError `POD_NOT_RUNNING` before the first `up`, `SECRET_VALUE_MISSING`; BootstrapError `SECRET_INVALID` for a
 * name or value that the instance would refuse
 */
export async function putSecret(directory: DataDirectory, name: string, value: string): Promise<void> {
  if (value === '')
    throw new PodError('SECRET_VALUE_MISSING', `no value for ${name}: give it on standard input`);
  parseSecretValue(JSON.stringify({ [name]: value }), name);
  const reference = readDocument(referenceFile(directory)) as SecretReference | undefined;
  if (!reference) {
    throw new PodError('POD_NOT_RUNNING', 'the pod has no secret yet: run clawharbor-local up once');
  }
  const secrets = await openSecretsManager(directory, reference.region);
  const known = JSON.parse(await secrets.get(reference.arn)) as Record<string, string>;
  await secrets.put(reference.arn, JSON.stringify({ ...known, [name]: value }));
}
