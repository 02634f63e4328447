import type { PodSpec } from '../spec/pod-spec.ts';

/** Providers of models that OpenClaw speaks to by a key, beside AWS. */
const models = [
  'api.anthropic.com',
  'api.openai.com',
  'generativelanguage.googleapis.com',
  'api.mistral.ai',
  'openrouter.ai',
];

/** @returns host names that commands of agents reach, as {@link isAllowed} takes them; undefined: they reach everything */
export function namesOf({ network, region }: Pick<PodSpec, 'network' | 'region'>): string[] | undefined {
  const egress = network?.egress ?? 'open';
  if (egress === 'open') return undefined;
  if (egress !== 'aws-and-models') return egress.allow;
  // Of its own Region: what others run there under names of load balancers, databases and machines has one label more in between.
  return [`*.${region}.amazonaws.com`, `*.${region}.api.aws`, 'sts.amazonaws.com', ...models];
}

/**
 * @param host as a client names it, such as registry.npmjs.org
 * @param allowed exact names, or `*.example.com`, which is every name below example.com and not itself
 */
export function isAllowed(host: string, allowed: readonly string[]): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  return allowed.some((each) => {
    const wanted = each.toLowerCase();
    return wanted.startsWith('*.')
      ? name.endsWith(wanted.slice(1)) && name.length > wanted.length - 1
      : name === wanted;
  });
}
