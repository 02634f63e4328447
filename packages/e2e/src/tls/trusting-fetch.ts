import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { buffer } from 'node:stream/consumers';

/** The part of `fetch` that the stand-ins need. Redirects are never followed. */
export type TrustingFetch = (url: string | URL, init?: TrustingFetchOptions) => Promise<Response>;

export type TrustingFetchOptions = {
  readonly [Option in 'body' | 'headers' | 'method' | 'signal']?: RequestInit[Option] | undefined;
};

const withoutBody = new Set([101, 204, 205, 304]);

/** A `fetch` that trusts the given certificate besides the well-known ones; Node's own cannot be told to. */
export function trustingFetch(cert: string): TrustingFetch {
  return async (url, { method, headers, body, signal } = {}) => {
    const asked = new Request(url, {
      method: method ?? 'GET',
      headers: headers ?? {},
      body: body ?? null,
      signal: signal ?? null,
    });
    const content = Buffer.from(await asked.arrayBuffer());
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = request(asked.url, {
        method: asked.method,
        headers: Object.fromEntries(asked.headers),
        ca: cert,
        signal: asked.signal,
      });
      sent.once('response', resolve).once('error', reject).end(content);
    });
    const status = response.statusCode ?? 500;
    const received = await buffer(response);
    return new Response(withoutBody.has(status) ? null : received, { status, headers: headersOf(response) });
  };
}

function headersOf({ headersDistinct }: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(headersDistinct)) {
    for (const value of values) headers.append(name, value);
  }
  return headers;
}
