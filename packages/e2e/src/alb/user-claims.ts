/**
 * What the load balancer tells a target about the user.
 *
 * Elastic Load Balancing, "Authenticate users using an Application Load Balancer", user claims encoding and signature
 * verification (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html#user-claims-encoding)
 */
import { generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';

import type { HeaderList } from './forwarded-headers.ts';
import type { Session } from './session.ts';

/** Real load balancers sign for about two minutes; AWS does not document it. */
const validity = 120;

/** Signs user claims with ES256 in the name of one load balancer. */
export class ClaimsSigner {
  readonly keyId: string = randomUUID();
  readonly #arn: string;
  readonly #privateKey: KeyObject;
  /** What `https://public-keys.auth.elb.<region>.amazonaws.com/<kid>` answers. */
  readonly publicKey: string;

  constructor(arn: string) {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.#arn = arn;
    this.#privateKey = privateKey;
    this.publicKey = publicKey.export({ format: 'pem', type: 'spki' }).toString();
  }

  headersFor({ accessToken, claims, clientId, issuer }: Session): HeaderList {
    const exp = Math.floor(Date.now() / 1000) + validity;
    const header = {
      typ: 'JWT',
      kid: this.keyId,
      alg: 'ES256',
      iss: issuer,
      client: clientId,
      signer: this.#arn,
      exp,
    };
    const signed = `${encode(JSON.stringify(header))}.${encode(JSON.stringify({ ...claims, exp, iss: issuer }))}`;
    const signature = sign('sha256', Buffer.from(signed), {
      key: this.#privateKey,
      dsaEncoding: 'ieee-p1363',
    });
    return [
      ['x-amzn-oidc-accesstoken', accessToken],
      ['x-amzn-oidc-identity', claims.sub],
      ['x-amzn-oidc-data', `${signed}.${encode(signature)}`],
    ];
  }
}

/** Base64url with padding, which the JWT standard leaves out and AWS does not. */
function encode(data: string | Buffer): string {
  return Buffer.from(data).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}
