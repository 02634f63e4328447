import type { Partition } from '../arn.ts';
import { domainOf, domains, isPartition, partitionOf } from '../partitions.ts';

export interface ServiceHostOptions {
  /** Default: `aws`. */
  readonly partition?: Partition | undefined;
  readonly region: string;
  /** As in `s3`. */
  readonly via: string;
}

/**
 * What a service calls itself in `kms:ViaService`: `NAME.REGION.amazonaws.com`, with a domain of its own in China. Of the
 * other partitions AWS's pages do not say which of the two it is: both are named, and the other never asks. So it is with
 * every domain where only the deployment knows the Region.
 * {@link https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service}
 * {@link https://docs.amazonaws.cn/en_us/kms/latest/developerguide/conditions-kms.html}
 */
export function serviceHosts({ partition = 'aws', region, via }: ServiceHostOptions): [string, ...string[]] {
  const host = (domain: string) => `${via}.${region}.${domain}`;
  const known = partitionOf(region) ?? (isPartition(partition) ? partition : undefined);
  if (known === 'aws-cn') return [host(domainOf('aws-cn'))];
  const [common, ...own] = ['amazonaws.com', ...(known === undefined ? domains() : [domainOf(known)])];
  return [host(common), ...own.filter((domain) => domain !== common).map(host)];
}
