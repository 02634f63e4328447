/** What AWS calls its separate clouds. */
export type KnownPartition =
  'aws' | 'aws-cn' | 'aws-us-gov' | 'aws-eusc' | 'aws-iso' | 'aws-iso-b' | 'aws-iso-e' | 'aws-iso-f';

interface Facts {
  readonly regions: RegExp;
  /** Of the endpoints. What the principals of services end in is another matter: see `servicePrincipal`. */
  readonly domain: string;
}

/**
 * Partitions, the Regions of each and the domain of its endpoints. A Region of no other is one of `aws`.
 * A test compares it with what the AWS SDK and CDK know of every Region.
 * {@link https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html}
 * {@link https://docs.aws.amazon.com/sdkref/latest/guide/feature-region.html}
 */
const partitions: Readonly<Record<KnownPartition, Facts>> = {
  'aws-cn': { regions: /^cn-/, domain: 'amazonaws.com.cn' },
  'aws-us-gov': { regions: /^us-gov-/, domain: 'amazonaws.com' },
  'aws-eusc': { regions: /^eusc-/, domain: 'amazonaws.eu' },
  'aws-iso': { regions: /^us-iso-/, domain: 'c2s.ic.gov' },
  'aws-iso-b': { regions: /^us-isob-/, domain: 'sc2s.sgov.gov' },
  'aws-iso-e': { regions: /^eu-isoe-/, domain: 'cloud.adc-e.uk' },
  'aws-iso-f': { regions: /^us-isof-/, domain: 'csp.hci.ic.gov' },
  aws: { regions: /^/, domain: 'amazonaws.com' },
};

/** The shape of a Region's name, such as eu-central-1 or eusc-de-east-1. */
export const regionShape = /^[a-z]{2,4}(?:-[a-z]+)+-\d+$/;

export function isPartition(text: string): text is KnownPartition {
  return Object.hasOwn(partitions, text);
}

/** The partition of a Region; undefined for what is no Region, such as a token or a pattern. */
export function partitionOf(region: string): KnownPartition | undefined {
  if (!regionShape.test(region)) return undefined;
  return Object.keys(partitions)
    .filter(isPartition)
    .find((name) => partitions[name].regions.test(region));
}

/** What the endpoints of a partition end in, such as `amazonaws.eu` in the European Sovereign Cloud. */
export function domainOf(partition: KnownPartition): string {
  return partitions[partition].domain;
}

/** What the endpoints of any partition may end in. */
export function domains(): readonly string[] {
  return [...new Set(Object.values(partitions).map(({ domain }) => domain))].toSorted();
}
