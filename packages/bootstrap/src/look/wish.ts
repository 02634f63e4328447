import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Metadata } from './metadata.ts';
import { call, type Region } from './services.ts';
import type { Wish } from './settled.ts';

/** What a look needs of a spec. It does not check it: whoever runs by it does. */
interface Needed {
  readonly secret?: { readonly arn: string };
  readonly lifecycle?: object;
}

/**
 * Asks each service once, and what fails is for a run to see to.
 * @param source as of `--spec`
 */
export async function observeWish(source: string): Promise<Wish> {
  const metadata = await Metadata.open();
  const [name, domain, credentials] = await Promise.all([
    metadata.get('placement/region'),
    metadata.get('services/domain'),
    metadata.credentials(),
  ]);
  const region = { name, domain, credentials };
  const text = await specOf(source, region);
  const { secret, lifecycle } = JSON.parse(text) as Needed;
  const [version, target] = await Promise.all([
    secret && versionOf(secret.arn, region),
    lifecycle && metadata.find('autoscaling/target-lifecycle-state'),
  ]);
  return { spec: digestOf(text), secret: version, target };
}

export function digestOf(spec: string): string {
  return createHash('sha256').update(spec).digest('hex');
}

async function specOf(source: string, region: Region): Promise<string> {
  if (!source.startsWith('ssm:')) return readFile(source, 'utf8');
  const input = { Name: source.slice('ssm:'.length) };
  const answer = await call(region, { service: 'ssm', target: 'AmazonSSM.GetParameter', input });
  return (answer as { Parameter: { Value: string } }).Parameter.Value;
}

/** The role may read the secret and nothing else of it; the value is not kept. */
async function versionOf(arn: string, region: Region): Promise<string> {
  const input = { SecretId: arn };
  const target = 'secretsmanager.GetSecretValue';
  const answer = await call(region, { service: 'secretsmanager', target, input });
  return (answer as { VersionId: string }).VersionId;
}
