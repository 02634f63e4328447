import { domainOf, partitionOf } from '@clawharbor/iam-policies';
import { Aws } from 'aws-cdk-lib';
import { InfraError } from './errors.ts';

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
 * Geographies with an inference profile of Amazon Nova 2 Lite: a request stays within its geography.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html
 */
const geographies: readonly (readonly [geography: string, regions: RegExp])[] = [
  ['us', /^us-(east|west)-\d$/],
  ['eu', /^eu-(central|north|south|west)-\d$/],
  ['jp', /^ap-northeast-[13]$/],
];

/**
 * Amazon Nova 2 Lite by the inference profile of the Region's geography: no Marketplace subscription, no use-case form.
 * @throws InfraError `MODEL_UNKNOWN_IN_REGION` where there is none: a global profile is a choice to be made, as it sends
 * prompts to other continents
 */
export function defaultModel(region: string): Model {
  const geography = geographies.find(([, regions]) => regions.test(region))?.[0];
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
