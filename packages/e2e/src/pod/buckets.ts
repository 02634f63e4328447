import { join } from 'node:path';
import type { ObjectStore } from '../aws/index.ts';
import type { DataDirectory } from './data-dir.ts';
import type { Deployment } from './deployment.ts';

/** The buckets of the stack, with their objects in the data directory. */
export function bucketsOf({ ownBuckets, region }: Deployment, { buckets }: DataDirectory): ObjectStore[] {
  return ownBuckets.map((bucket) => ({ ...bucket, region, directory: join(buckets, bucket.name) }));
}
