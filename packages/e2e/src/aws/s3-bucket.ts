/**
 * A bucket that a pod writes to, and what holds for every object of it.
 * What it may encrypt with: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#require-sse-kms
 * Checksums: https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
 */
import { createHash } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AwsFault } from './fault.ts';
import type { AwsRequest, Permission } from './service.ts';
import { isErrorCode } from './state-file.ts';

export interface ObjectStore {
  readonly name: string;
  readonly region: string;
  /** Folder of its objects. */
  readonly directory: string;
  /** ARN of the KMS key that it encrypts with. */
  readonly key: string | undefined;
  readonly objectLock: boolean;
  /** Whether the key is enabled, asked at each request. Default: it is. */
  readonly isKeyEnabled?: () => boolean;
}

/** S3 uses the key on the caller's behalf; with a bucket key the encryption context is the bucket. */
export function encryption({ name, region, key }: ObjectStore, action: string): Permission[] {
  if (key === undefined) return [];
  const context = {
    'kms:ViaService': `s3.${region}.amazonaws.com`,
    'kms:EncryptionContext:aws:s3:arn': `arn:aws:s3:::${name}`,
  };
  return [{ action, resource: key, context }];
}

export function mustHaveKey({
  key,
  isKeyEnabled = () => true,
}: ObjectStore): Readonly<Record<string, string>> {
  if (key === undefined) return { 'x-amz-server-side-encryption': 'AES256' };
  if (!isKeyEnabled()) {
    throw new AwsFault('KMS.DisabledException', 400, `${key} is disabled.`);
  }
  return {
    'x-amz-server-side-encryption': 'aws:kms',
    'x-amz-server-side-encryption-aws-kms-key-id': key,
    'x-amz-server-side-encryption-bucket-key-enabled': 'true',
  };
}

/** @throws AwsFault when what is asked for is not the key of the bucket, as the policy of a bucket may demand */
export function mustNameKey({ headers }: AwsRequest, { key }: ObjectStore): void {
  const asked = headers.get('x-amz-server-side-encryption-aws-kms-key-id');
  if (asked === undefined || asked === key) return;
  throw new AwsFault('AccessDenied', 403, `${asked} is not the key of this bucket.`);
}

/** @returns the SHA-256 of the body. Throws when it was declared otherwise, or not at all and Object Lock wants one */
export function mustHaveDigest({ headers, body }: AwsRequest, { objectLock }: ObjectStore): string {
  const declared = headers.get('x-amz-checksum-sha256');
  const actual = digestOf(body);
  if (declared !== undefined && declared !== actual) {
    throw new AwsFault('BadDigest', 400, 'The SHA256 you specified did not match the calculated checksum.');
  }
  if (objectLock && declared === undefined && !headers.has('content-md5')) {
    throw new AwsFault(
      'InvalidRequest',
      400,
      'Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters',
    );
  }
  return actual;
}

export function digestOf(body: Buffer): string {
  return createHash('sha256').update(body).digest('base64');
}

/** Every version stays: `<folder>/<key>` is the current one, those before it lie beside it. @returns the new version */
export async function keep(store: ObjectStore, key: string, body: Buffer): Promise<string> {
  const file = join(store.directory, key);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const version = createHash('sha256').update(`${key} ${Date.now()}`).digest('hex').slice(0, 32);
  await rename(file, `${file}${before}${version}`).catch((error: unknown) => {
    if (!isErrorCode(error, 'ENOENT')) throw error;
  });
  await writeFile(file, body, { mode: 0o600 });
  return version;
}

const before = '.version-';

/** Whether a file is a version that was written over. */
export function isFormer(file: string): boolean {
  return file.includes(before);
}
