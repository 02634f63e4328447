import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Credentials } from './metadata.ts';
import { textOf } from './request.ts';

export interface Region {
  readonly name: string;
  /** Such as `amazonaws.com`, from instance metadata. */
  readonly domain: string;
  readonly credentials: Credentials;
}

/**
 * Calls an action of a service that speaks AWS JSON 1.1, once: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html.
 * The clients of the SDK do it, too, and more: loading them costs three times of what a whole look does.
 */
export async function call(
  { name: region, domain, credentials }: Region,
  { service, target, input }: { service: string; target: string; input: object },
): Promise<unknown> {
  const url = new URL(process.env['AWS_ENDPOINT_URL'] ?? `https://${service}.${region}.${domain}`);
  const body = JSON.stringify(input);
  const signer = new SignatureV4({ service, region, credentials, sha256: Sha256 });
  const { headers } = await signer.sign({
    method: 'POST',
    protocol: url.protocol,
    hostname: url.hostname,
    path: '/',
    query: {},
    headers: { host: url.host, 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
    body,
  });
  return JSON.parse(await textOf({ url, method: 'POST', headers, body })) as unknown;
}

/** As the signer wants a hash, from Node.js. */
class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(data));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {
    throw new Error('it is used once');
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Buffer {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    : Buffer.from(data);
}
