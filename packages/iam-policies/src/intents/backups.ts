import type { Arn, Partition } from '../arn.ts';
import * as kms from '../catalogue/kms.ts';
import * as s3 from '../catalogue/s3.ts';
import { allow, type IdentityStatement } from '../statement.ts';
import { serviceHosts } from './service-hosts.ts';

export interface KeepBackupsOptions {
  /** Default: `aws`. */
  readonly partition?: Partition;
  readonly region: string;
  /** Name of the bucket. */
  readonly bucket: string;
  /** What the keys of the backups begin with, as in `pod/`. Nothing else in the bucket is touched. */
  readonly prefix: string;
  /** The key of the bucket, if it is encrypted with one. */
  readonly key?: Arn<'kms:key'>;
}

/**
 * Writes backups below one prefix of a bucket, lists and reads them, and deletes nothing: in a versioned bucket what is
 * written over is still there.
 * {@link https://docs.aws.amazon.com/AmazonS3/latest/userguide/security_iam_service-with-iam.html}
 * {@link https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html}
 */
export function keepBackups({
  partition = 'aws',
  region,
  bucket,
  prefix,
  key,
}: KeepBackupsOptions): readonly IdentityStatement[] {
  const bucketArn = s3.bucket({ partition, name: bucket });
  const objects = s3.object({ partition, bucket, key: `${prefix}*` });
  const store = allow('KeepBackups', s3.GetObject, s3.PutObject).on(objects);
  const list = allow('ListBackups', s3.ListBucket)
    .on(bucketArn)
    .when('s3:prefix', 'StringLike', `${prefix}*`);
  if (key === undefined) return [store, list];
  const [host, ...otherHosts] = serviceHosts({ partition, region, via: 's3' });
  const encrypt = allow('EncryptBackups', kms.Decrypt, kms.GenerateDataKey)
    .on(key)
    .when('kms:ViaService', 'StringEquals', host, ...otherHosts)
    // With a bucket key it is the bucket, else the object.
    .when('kms:EncryptionContext:aws:s3:arn', 'StringLike', bucketArn, objects);
  return [store, list, encrypt];
}
