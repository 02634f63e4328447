import { join } from 'node:path';
import { refusalOfContent, refusalOfName } from '@clawharbor/bootstrap/secrets';
import { keyFile, secretsManager, type SecretsManager } from '../aws/index.ts';
import { readDocument, writeDocument, type DataDirectory } from './data-dir.ts';
import { PodError } from './errors.ts';

/** Which secret of the stand-in is the pod's: known once the template was deployed. */
interface SecretReference {
  readonly region: string;
  readonly arn: string;
}

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html */
const largestSecretBytes = 65_536;

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

/** By the rules of the instance. @throws PodError `SECRET_INVALID`, which names what was typed */
export function checkSecretName(name: string): void {
  const reason = refusalOfName(name);
  if (reason === undefined) return;
  throw new PodError(
    'SECRET_INVALID',
    `${JSON.stringify(name)} ${reason}: give the name of a variable that a provider reads, as in ANTHROPIC_API_KEY`,
  );
}

/** By the rules of the instance. @throws PodError `SECRET_VALUE_MISSING`, `SECRET_INVALID`; never shows the value */
export function checkSecretValue(name: string, value: string): void {
  if (value === '') {
    throw new PodError(
      'SECRET_VALUE_MISSING',
      `no value for ${name}: give it on standard input, as in clawharbor-local secret set ${name} < key.txt`,
    );
  }
  const reason = refusalOfContent(value);
  if (reason !== undefined) throw new PodError('SECRET_INVALID', `${name} ${reason}`);
}

/**
 * Sets one key of the pod's secret and keeps the others. The instance takes it up within seconds, or at its next start.
 * @returns whether it had another value before
 * @throws PodError `POD_NOT_RUNNING` before the first `up`, `SECRET_VALUE_MISSING`, `SECRET_INVALID` for a name or value
 * that the instance would refuse
 */
export async function putSecret(directory: DataDirectory, name: string, value: string): Promise<boolean> {
  checkSecretName(name);
  checkSecretValue(name, value);
  const reference = readDocument(referenceFile(directory)) as SecretReference | undefined;
  if (!reference) {
    throw new PodError('POD_NOT_RUNNING', 'the pod has no secret yet: run clawharbor-local up once');
  }
  const secrets = await openSecretsManager(directory, reference.region);
  const known = new Map(
    Object.entries(JSON.parse(await secrets.get(reference.arn)) as Record<string, string>),
  );
  if (known.get(name) === value) return false;
  const text = JSON.stringify(Object.fromEntries(known.set(name, value)));
  const bytes = Buffer.byteLength(text);
  if (bytes > largestSecretBytes) {
    throw new PodError(
      'SECRET_INVALID',
      `with ${name} the secrets of the pod would take ${bytes} bytes, and Secrets Manager keeps ${largestSecretBytes}: set a shorter value`,
    );
  }
  await secrets.put(reference.arn, text);
  return true;
}
