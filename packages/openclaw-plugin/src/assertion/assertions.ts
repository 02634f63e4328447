import type { IncomingHttpHeaders } from 'node:http';
import { AlbJwtVerifier } from 'aws-jwt-verify';
import { AlbJwksCache } from 'aws-jwt-verify/alb-cache';
import { FetchError, JwksNotAvailableInCacheError } from 'aws-jwt-verify/error';
import { SimpleFetcher, type Fetcher } from 'aws-jwt-verify/https';
import type { PluginConfig } from '../plugin-config.ts';

export const identityHeader = 'x-amzn-oidc-identity';
export const assertionHeader = 'x-amzn-oidc-data';

export type AssertionConfig = NonNullable<PluginConfig['assertions']>;

/** From one question for a key that did not come to the next. */
const againMilliseconds = 1000;

/**
 * What the load balancer says of a person, signed: by our load balancer, for our client, of our user pool, two minutes ago at
 * most, and of whom the plain header names.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html#user-claims-encoding
 *
 * Judged at once, with keys that are here. One that is not is fetched, once, and kept; until it is here, nobody is believed who
 * says to be signed by it.
 */
export class Assertions {
  readonly #verifier: ReturnType<typeof verifierOf>;
  readonly #tell: (message: string) => void;
  #fetching: Promise<void> | undefined;
  #fetchedAt = Number.NEGATIVE_INFINITY;

  constructor(config: AssertionConfig, tell: (message: string) => void) {
    this.#verifier = verifierOf(config);
    this.#tell = tell;
  }

  /** Why a request is not from whom it says; undefined if it is, or if it says nothing of anybody. */
  doubtOf(headers: IncomingHttpHeaders): string | undefined {
    const identity = headers[identityHeader];
    const assertion = headers[assertionHeader];
    if (identity === undefined) return undefined;
    if (typeof assertion !== 'string') return `there is no ${assertionHeader}`;
    try {
      const { sub, exp } = this.#verifier.verifySync(assertion);
      // The library takes one without an end for endless; the load balancer makes none.
      if (typeof exp !== 'number') return 'it has no end';
      return sub === identity ? undefined : `it is signed for somebody else`;
    } catch (error) {
      if (error instanceof JwksNotAvailableInCacheError) {
        this.#fetch(assertion);
        return 'its key is not here yet';
      }
      // Without what was sent: it may be somebody's.
      return error instanceof Error ? `it fails with ${error.constructor.name}` : 'it cannot be read';
    }
  }

  /** Settles when a key that was asked for is here, or could not be had. */
  async settled(): Promise<void> {
    await this.#fetching;
  }

  #fetch(assertion: string): void {
    if (this.#fetching !== undefined || performance.now() - this.#fetchedAt < againMilliseconds) return;
    this.#fetchedAt = performance.now();
    this.#fetching = this.#verifier.verify(assertion).then(
      () => void (this.#fetchedAt = Number.NEGATIVE_INFINITY),
      (error: Error) => {
        // That it is no good was told already; that there is no key was not.
        if (error instanceof FetchError) {
          this.#tell(`ASSERTION_KEY_MISSING: nobody new is let in until the key is here: ${error.message}`);
        }
      },
    );
    void this.#fetching.finally(() => (this.#fetching = undefined));
  }
}

function verifierOf({ loadBalancer, issuer, clientId, keys }: AssertionConfig) {
  const fetcher = keys?.startsWith('http:') === true ? plainFetcher : new SimpleFetcher();
  return AlbJwtVerifier.create(
    { albArn: loadBalancer, issuer, clientId, ...(keys === undefined ? {} : { jwksUri: keys }) },
    { jwksCache: new AlbJwksCache({ fetcher }) },
  );
}

/** On a laptop the keys of the stand-in lie where no certificate reaches. */
const plainFetcher: Fetcher = {
  async fetch(uri) {
    const answer = await fetch(uri, { signal: AbortSignal.timeout(3000), redirect: 'error' });
    if (!answer.ok) throw new FetchError(uri, `status ${answer.status}`);
    return answer.arrayBuffer();
  },
};
