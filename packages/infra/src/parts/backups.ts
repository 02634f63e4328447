import { Duration } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { retained } from './retained.ts';

export interface BackupsProps {
  readonly podName: string;
  readonly key: kms.IKey;
  readonly keepDays: number;
  /** Absent: no Object Lock. */
  readonly lockDays: number | undefined;
}

/** So long what was written over or expired can be had back. */
const previousVersionDays = 14;

/**
 * Where archives of the state go: `.env` files and credentials are in them, so it is a place for secrets. Encrypted with
 * the key of the pod, versioned, closed to everybody else, retained. Its own rules remove what is old; the pod cannot.
 */
export class Backups extends Construct {
  readonly bucket: s3.Bucket;
  /** What the keys of the pod begin with. */
  readonly prefix: string;

  constructor(scope: Construct, id: string, { podName, key, keepDays, lockDays }: BackupsProps) {
    super(scope, id);
    this.prefix = `${podName}/`;
    this.bucket = new s3.Bucket(this, 'Bucket', {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      encryption: s3.BucketEncryption.KMS,
      encryptionKey: key,
      // Else each object asks the key for itself, and pays for it.
      bucketKeyEnabled: true,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      ...(lockDays === undefined
        ? {}
        : { objectLockDefaultRetention: s3.ObjectLockRetention.governance(Duration.days(lockDays)) }),
      lifecycleRules: [
        {
          expiration: Duration.days(keepDays),
          noncurrentVersionExpiration: Duration.days(previousVersionDays),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
      removalPolicy: retained,
    });
    this.node.defaultChild = this.bucket.node.defaultChild;
  }
}
