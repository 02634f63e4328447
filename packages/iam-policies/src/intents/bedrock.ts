import type { Arn, Regional } from '../arn.ts';
import * as marketplace from '../catalogue/aws-marketplace.ts';
import * as bedrock from '../catalogue/bedrock.ts';
import { allow, type IdentityStatement } from '../statement.ts';

export interface InvokeBedrockOptions extends Regional {
  /**
   * `all`, or ids of foundation models such as `anthropic.claude-sonnet-4-5-20250929-v1:0`, which may hold `*`.
   * The cross-Region profiles of a model (`eu.anthropic…`, `global.anthropic…`) come with it, and the id of one
   * stands for its model.
   */
  readonly scope: 'all' | readonly [string, ...string[]];
  /**
   * Regions to which a cross-Region profile may route a request, and `global` for the global profiles, which call
   * a model whose ARN names no Region. Default: all of them.
   */
  readonly regions?: readonly [string, ...string[]];
  /** Application inference profiles that may be invoked: ids, or `*`. Default: every one with scope `all`, else none. */
  readonly applicationProfiles?: readonly string[];
  /** A published version of a guardrail, without which no model may be called. Default: none. */
  readonly guardrail?: {
    readonly arn: Arn<'bedrock:guardrail'>;
    /** A number, from 1: what is in the working draft changes. */
    readonly version: string;
  };
}

/**
 * Calls models: the foundation models at home, and those of the destination Regions only through an inference
 * profile of the account at home.
 * {@link https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html}
 * {@link https://docs.aws.amazon.com/bedrock/latest/userguide/geographic-cross-region-inference.html}
 * {@link https://docs.aws.amazon.com/bedrock/latest/userguide/global-cross-region-inference.html}
 * {@link https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-permissions-id.html}
 */
export function invokeBedrock(options: InvokeBedrockOptions): readonly IdentityStatement[] {
  const { scope, regions = ['*'], partition = 'aws', region, account } = options;
  const home = { partition, region, account };
  const models = scope === 'all' ? (['*'] as const) : each(scope, (id) => id.replace(geography, ''));
  const applications = options.applicationProfiles ?? (scope === 'all' ? ['*'] : []);
  const systemProfiles = each(models, (model) =>
    // The id of a system-defined profile is the id of its model behind the name of a geography.
    bedrock.inferenceProfile({ ...home, profile: model === '*' ? '*' : `*.${model}` }),
  );
  const profiles = [
    ...systemProfiles,
    ...applications.map((profile) => bedrock.applicationInferenceProfile({ ...home, profile })),
  ] as const;
  const [firstProfile, ...otherProfiles] = profiles;
  const atHome = each(models, (model) => bedrock.foundationModel({ partition, region, model }));
  const abroad = regions.flatMap((destination) =>
    models.map((model) => ({ partition, region: destination === 'global' ? '' : destination, model })),
  );
  const actions = [bedrock.InvokeModel, bedrock.InvokeModelWithResponseStream] as const;
  const here = allow('InvokeBedrock', ...actions).on(...atHome, ...profiles);
  const elsewhere = allow('InvokeBedrockAcrossRegions', ...actions)
    .on(...each(abroad, (destination) => bedrock.foundationModel(destination)))
    .when('bedrock:InferenceProfileArn', 'ArnLike', firstProfile, ...otherProfiles);
  const { guardrail } = options;
  if (guardrail === undefined) return [here, elsewhere];
  const guarded = `${guardrail.arn}:${guardrail.version}`;
  return [
    here.when('bedrock:GuardrailIdentifier', 'ArnEquals', guarded),
    elsewhere.when('bedrock:GuardrailIdentifier', 'ArnEquals', guarded),
    allow('ApplyGuardrail', bedrock.ApplyGuardrail).on(guardrail.arn),
  ];
}

/**
 * Lists what could be called. Neither action knows resources.
 * {@link https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html}
 */
export function listBedrockModels(): IdentityStatement {
  return allow('ListBedrockModels', bedrock.ListFoundationModels, bedrock.ListInferenceProfiles).onAll();
}

export interface SubscribeMarketplaceOptions {
  /** Product ids that may be subscribed to, such as `prod-6dw3qvchef7zy`. Default: those of every Bedrock model. */
  readonly products?: readonly [string, ...string[]];
}

/**
 * Lets Bedrock subscribe to a third-party model on its first call, and nothing else subscribe to anything: the
 * request must come through Bedrock.
 * {@link https://docs.aws.amazon.com/bedrock/latest/userguide/model-access-permissions.html}
 */
export function subscribeMarketplace({
  products,
}: SubscribeMarketplaceOptions = {}): readonly IdentityStatement[] {
  const subscribe = allow('SubscribeMarketplace', marketplace.Subscribe)
    .onAll()
    .when('aws:CalledViaLast', 'StringEquals', 'bedrock.amazonaws.com');
  return [
    // Only Subscribe knows the product.
    products
      ? subscribe.when('aws-marketplace:ProductId', 'ForAnyValue:StringEquals', ...products)
      : subscribe,
    allow('ViewMarketplaceSubscriptions', marketplace.ViewSubscriptions)
      .onAll()
      .when('aws:CalledViaLast', 'StringEquals', 'bedrock.amazonaws.com'),
  ];
}

/** What the id of a system-defined profile has before that of its model. */
const geography = /^(?:us|us-gov|eu|apac|jp|au|ca|global)\./;

/** As many as there were. That there is at least one, is for `on()` to check: it has the words for it. */
function each<T, U>(values: readonly T[], map: (value: T) => U): [U, ...U[]] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  return values.map(map) as [U, ...U[]];
}
