import { domainOf, partitionOf } from '@clawharbor/iam-policies';
import { Aws } from 'aws-cdk-lib';
import { destinationsOf, geographyOf } from './bedrock-profiles.ts';
import { InfraError } from './errors.ts';
import type { PodOptions } from './options/pod-options.ts';

/** A model as OpenClaw's config describes it. Lengths are in tokens. */
export interface Model {
  readonly id: string;
  readonly name?: string | undefined;
  readonly reasoning: boolean;
  readonly input: readonly ('text' | 'image')[];
  readonly contextWindow: number;
  readonly maxTokens: number;
}

/**
 * Amazon Nova 2 Lite by the inference profile of the Region's geography: no Marketplace subscription, no use-case form.
 * @throws InfraError `MODEL_UNKNOWN_IN_REGION` where there is none: a global profile is a choice to be made, as it sends
 * prompts to other continents
 */
export function defaultModel(region: string): Model {
  const geography = geographyOf(region);
  if (geography === undefined) {
    throw new InfraError(
      'MODEL_UNKNOWN_IN_REGION',
      `openclaw.model: there is no default model for Region ${region.includes('${Token[') ? '(unknown at synth)' : region}. ` +
        'Set openclaw.model.id to a model or an inference profile of the Region, or to global.amazon.nova-2-lite-v1:0 ' +
        'if prompts may leave its geography.',
    );
  }
  return {
    id: `${geography}.amazon.nova-2-lite-v1:0`,
    name: 'Amazon Nova 2 Lite',
    reasoning: true,
    input: ['text', 'image'],
    contextWindow: 1_000_000,
    maxTokens: 5120,
  };
}

/**
 * A model that the IAM policy of the pod, by `bedrock`, would not let it call. Agents talk to no other of Bedrock: its provider
 * lists this one.
 * @throws InfraError `MODEL_NOT_ALLOWED`
 */
export function refuseUncallable(
  model: string,
  { models: allowed, regions }: PodOptions['bedrock'],
  region: string,
): void {
  if (allowed !== undefined && !allowed.some((pattern) => covers(pattern, model))) {
    throw new InfraError(
      'MODEL_NOT_ALLOWED',
      `bedrock.models: the agents talk to ${model}, which is not among ${allowed.join(', ')}. Add it, or set openclaw.model.id to ` +
        'one of these.',
    );
  }
  if (regions === undefined) return;
  const destinations = model.startsWith('global.') ? ['global'] : (destinationsOf(model, region) ?? []);
  const missing = destinations.filter((name) => !regions.includes(name));
  if (missing.length === 0) return;
  throw new InfraError(
    'MODEL_NOT_ALLOWED',
    `bedrock.regions: ${model} routes requests to ${missing.join(', ')}, too, and Bedrock wants permission for every Region of a ` +
      'profile. Add what is missing, or choose another profile.',
  );
}

/** The id of a profile stands for its model, as in the IAM policy. */
function covers(pattern: string, model: string): boolean {
  const [wanted, asked] = [pattern, model].map((id) => id.replace(geography, '')) as [string, string];
  return wanted.endsWith('*') ? asked.startsWith(wanted.slice(0, -1)) : wanted === asked;
}

/** What the id of a system-defined profile has before that of its model. */
const geography = /^(?:us|us-gov|eu|apac|jp|au|ca|global)\./;

/** The Bedrock provider of OpenClaw: https://docs.openclaw.ai/providers/bedrock */
export function bedrockProvider(region: string, model: Model): Record<string, unknown> {
  return {
    baseUrl: `https://bedrock-runtime.${region}.${endpointDomain(region)}`,
    api: 'bedrock-converse-stream',
    auth: 'aws-sdk',
    models: [
      {
        id: model.id,
        name: model.name ?? model.id,
        reasoning: model.reasoning,
        input: [...model.input],
        contextWindow: model.contextWindow,
        maxTokens: model.maxTokens,
      },
    ],
  };
}

/** A Region that only the deployment knows has a domain that only it knows. */
export function endpointDomain(region: string): string {
  const partition = partitionOf(region);
  return partition === undefined ? Aws.URL_SUFFIX : domainOf(partition);
}
