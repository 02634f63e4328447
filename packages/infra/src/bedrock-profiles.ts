/** When the tables of this file were last compared with the page of AWS that they are from. */
export const profilesReadOn = '2026-11-30';

const eu = ['eu-central-1', 'eu-north-1', 'eu-south-1', 'eu-south-2', 'eu-west-1', 'eu-west-3'];
const us = ['us-east-1', 'us-east-2', 'us-west-2'];
const jp = ['ap-northeast-1', 'ap-northeast-3'];

const each = (sources: readonly string[], destinations: readonly string[]) =>
  Object.fromEntries(sources.map((source) => [source, destinations]));

/**
 * Geography → source Region → the Regions that a request to the geography's profile of Amazon Nova 2 Lite may be routed to.
 * `us` is called from Canada, too, and leaves it: no default there.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html
 */
export const nova2Lite: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  us: {
    ...each(us, us),
    'us-west-1': [...us, 'us-west-1'],
    'ca-central-1': [...us, 'ca-central-1'],
    'ca-west-1': [...us, 'ca-west-1'],
  },
  eu: each(eu, eu),
  jp: each(jp, jp),
};

/** The Regions of a geography, whose prompts stay in it by its profile. */
const homes: Readonly<Record<string, RegExp>> = { us: /^us-/, eu: /^eu-/, jp: /^ap-northeast-/ };

/** The geography whose profile keeps the prompts of a Region where they are; undefined where there is none. */
export function geographyOf(region: string): string | undefined {
  return Object.entries(nova2Lite).find(
    ([geography, sources]) => region in sources && homes[geography]?.test(region),
  )?.[0];
}

/** Where a request to a model may be routed to from a Region; undefined where this file does not know. */
export function destinationsOf(model: string, region: string): readonly string[] | undefined {
  const [, geography, name] = /^(\w+)\.(amazon\..+)$/.exec(model) ?? [];
  return name === 'amazon.nova-2-lite-v1:0' ? nova2Lite[geography ?? '']?.[region] : undefined;
}
