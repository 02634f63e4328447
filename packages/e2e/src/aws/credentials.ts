import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import { systemClock, type Clock } from './clock.ts';
import { AccessError } from './fault.ts';

/** Who signs a request: a role as assumed by one instance. */
export interface Caller {
  readonly account: string;
  readonly roleName: string;
  /** For an instance profile: the instance id. */
  readonly sessionName: string;
}

const tokenSchema = z.strictObject({
  account: z.string(),
  roleName: z.string(),
  sessionName: z.string(),
  accessKeyId: z.string(),
  expires: z.number(),
});

/** Temporary credentials, as IMDS hands them out. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly issuedAt: Date;
  readonly expiration: Date;
}

export interface CredentialIssuerOptions {
  /** Key from which every secret is derived. Default: a new one, so that credentials end with the process. */
  readonly key?: Buffer;
  /** Default: 6 hours, as for an instance profile. */
  readonly lifetimeSeconds?: number;
  readonly clock?: Clock;
}

/**
 * Issues and recognises temporary credentials. Nothing is remembered: the session token says who and until when, under
 * a MAC, and the secret follows from the access key id. So a restarted stand-in still knows what it handed out.
 */
export class CredentialIssuer {
  readonly #key: Buffer;
  readonly #lifetime: number;
  readonly #clock: Clock;

  constructor({
    key = randomBytes(32),
    lifetimeSeconds = 6 * 3600,
    clock = systemClock,
  }: CredentialIssuerOptions = {}) {
    this.#key = key;
    this.#lifetime = lifetimeSeconds * 1000;
    this.#clock = clock;
  }

  issue(caller: Caller): Credentials {
    const issuedAt = this.#clock.now();
    const accessKeyId = `ASIA${base32(randomBytes(10))}`;
    const expires = Math.floor((issuedAt + this.#lifetime) / 1000) * 1000;
    const body = Buffer.from(JSON.stringify({ ...caller, accessKeyId, expires })).toString('base64url');
    return {
      accessKeyId,
      secretAccessKey: this.#secret(accessKeyId),
      sessionToken: `${body}.${this.#mac('token', body).toString('base64url')}`,
      issuedAt: new Date(issuedAt),
      expiration: new Date(expires),
    };
  }

  /** @throws AccessError unknown-credentials, expired-credentials */
  recognise(
    accessKeyId: string,
    sessionToken: string | undefined,
  ): { caller: Caller; secretAccessKey: string } {
    const [body = '', mac = ''] = sessionToken?.split('.') ?? [];
    const given = Buffer.from(mac, 'base64url');
    const expected = this.#mac('token', body);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      throw new AccessError('unknown-credentials');
    }
    const token = tokenSchema.parse(JSON.parse(Buffer.from(body, 'base64url').toString()));
    if (token.accessKeyId !== accessKeyId) throw new AccessError('unknown-credentials');
    if (this.#clock.now() >= token.expires) throw new AccessError('expired-credentials');
    const { account, roleName, sessionName } = token;
    return { caller: { account, roleName, sessionName }, secretAccessKey: this.#secret(accessKeyId) };
  }

  #secret(accessKeyId: string): string {
    return this.#mac('secret', accessKeyId).toString('base64').slice(0, 40);
  }

  #mac(purpose: string, text: string): Buffer {
    return createHmac('sha256', this.#key).update(`${purpose}\n${text}`).digest();
  }
}

/** Caller as IAM writes it: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html */
export function callerArn({ account, roleName, sessionName }: Caller): string {
  return `arn:aws:sts::${account}:assumed-role/${roleName}/${sessionName}`;
}

function base32(bytes: Buffer): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{5}/g) ?? []).map((five) => alphabet.charAt(Number.parseInt(five, 2))).join('');
}
