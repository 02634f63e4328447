/**
 * Sign-in by an identity provider of others, as OpenID Connect: the pool is its client, and makes or renews a person of its own.
 *
 * Amazon Cognito Developer Guide, "OIDC user pool IdP authentication flow"
 * (https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-oidc-flow.html), "Mapping IdP attributes to profiles and
 * tokens" (.../cognito-user-pools-specifying-attribute-mapping.html)
 */
import * as oidc from 'openid-client';
import * as z from 'zod';

/** Properties of an AWS::Cognito::UserPoolIdentityProvider, intrinsics and dynamic references resolved. */
export const IdentityProviderProperties = z.object({
  ProviderName: z.string(),
  // SAML is not played.
  ProviderType: z.literal('OIDC'),
  ProviderDetails: z.object({
    client_id: z.string(),
    client_secret: z.string(),
    authorize_scopes: z.string().default('openid'),
    oidc_issuer: z.url(),
  }),
  /** Attribute of the pool to the claim of the provider. */
  AttributeMapping: z.record(z.string(), z.string()).default({}),
});
export type IdentityProviderProperties = z.output<typeof IdentityProviderProperties>;

/** Somebody as a provider of others knows them. */
export interface FederatedPerson {
  readonly provider: string;
  /** What the provider calls them for ever. */
  readonly subject: string;
  /** By names of the pool's attributes. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** What the pool keeps while somebody is at the provider. */
export interface Away {
  readonly provider: string;
  readonly checks: { readonly state: string; readonly nonce: string; readonly verifier: string };
}

export class Federation {
  readonly #providers: ReadonlyMap<string, IdentityProviderProperties>;
  readonly #configurations = new Map<string, Promise<oidc.Configuration>>();
  readonly #callback: string;
  readonly #fetch: oidc.CustomFetch | undefined;

  /** @param callback the pool's own, which the provider knows */
  constructor(
    providers: readonly IdentityProviderProperties[],
    callback: string,
    fetch: oidc.CustomFetch | undefined,
  ) {
    this.#providers = new Map(providers.map((provider) => [provider.ProviderName, provider]));
    this.#callback = callback;
    this.#fetch = fetch;
  }

  has(provider: string): boolean {
    return this.#providers.has(provider);
  }

  /** Where the browser goes, and what is kept until it is back. Throws where the provider does not answer. */
  async begin(provider: string): Promise<{ readonly url: string; readonly away: Away }> {
    const { ProviderDetails: details } = this.#providerOf(provider);
    const [state, nonce, verifier] = [oidc.randomState(), oidc.randomNonce(), oidc.randomPKCECodeVerifier()];
    const url = oidc.buildAuthorizationUrl(await this.#configurationOf(provider), {
      redirect_uri: this.#callback,
      scope: details.authorize_scopes,
      state,
      nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    return { url: url.href, away: { provider, checks: { state, nonce, verifier } } };
  }

  /** Throws where the provider says no, or says it of somebody else. */
  async complete({ provider, checks }: Away, search: string): Promise<FederatedPerson> {
    const { AttributeMapping: mapping } = this.#providerOf(provider);
    const configuration = await this.#configurationOf(provider);
    const tokens = await oidc.authorizationCodeGrant(configuration, new URL(`${this.#callback}?${search}`), {
      expectedState: checks.state,
      expectedNonce: checks.nonce,
      pkceCodeVerifier: checks.verifier,
      idTokenExpected: true,
    });
    const known = tokens.claims()!;
    const claims = { ...known, ...(await oidc.fetchUserInfo(configuration, tokens.access_token, known.sub)) };
    const attributes = Object.entries(mapping).flatMap(([attribute, claim]) => {
      const value = claims[claim];
      if (value === undefined || value === null || attribute === 'username') return [];
      // An attribute is one string. How Cognito writes a list is not documented.
      return [[attribute, typeof value === 'string' ? value : JSON.stringify(value)] as const];
    });
    return { provider, subject: known.sub, attributes: Object.fromEntries(attributes) };
  }

  #configurationOf(provider: string): Promise<oidc.Configuration> {
    const found = this.#configurations.get(provider) ?? this.#discover(provider);
    this.#configurations.set(provider, found);
    // One that did not answer is asked again at the next sign-in.
    found.catch(() => this.#configurations.delete(provider));
    return found;
  }

  #discover(provider: string): Promise<oidc.Configuration> {
    const { ProviderDetails: details } = this.#providerOf(provider);
    const options = this.#fetch === undefined ? {} : { [oidc.customFetch]: this.#fetch };
    return oidc.discovery(
      new URL(details.oidc_issuer),
      details.client_id,
      details.client_secret,
      undefined,
      options,
    );
  }

  #providerOf(name: string): IdentityProviderProperties {
    const provider = this.#providers.get(name);
    if (!provider) throw new Error(`The pool has no identity provider ${name}`);
    return provider;
  }
}
