import type { Partition } from '../arn.ts';

export interface ServiceHostOptions {
  /** Default: `aws`. */
  readonly partition?: Partition | undefined;
  readonly region: string;
  /** As in `s3`. */
  readonly via: string;
}

/** Services have a domain of their own in China; with a token for the partition either may turn out right. */
export function serviceHosts({ partition = 'aws', region, via }: ServiceHostOptions): [string, ...string[]] {
  const host = `${via}.${region}.amazonaws.com`;
  if (partition === 'aws' || partition === 'aws-us-gov') return [host];
  return partition === 'aws-cn' ? [`${host}.cn`] : [host, `${host}.cn`];
}
