import { request } from 'node:https';

/** The part of `fetch` that the stand-ins need. Redirects are never followed. */
export type TrustingFetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

const withoutBody = new Set([101, 204, 205, 304]);

/** A `fetch` that trusts the given certificate besides the well-known ones; Node's own cannot be told to. */
export function trustingFetch(cert: string): TrustingFetch {
  return async (url, init) => {
    const asked = new Request(url, { ...init, redirect: 'manual' });
    const body = Buffer.from(await asked.arrayBuffer());
    return new Promise((resolve, reject) => {
      const sent = request(
        asked.url,
        { method: asked.method, headers: Object.fromEntries(asked.headers), ca: cert, signal: asked.signal },
        async (response) => {
          try {
            const headers = new Headers();
            for (const [name, values] of Object.entries(response.headersDistinct)) {
              for (const value of values ?? []) headers.append(name, value);
            }
            const chunks: Buffer[] = [];
            for await (const chunk of response) chunks.push(chunk as Buffer);
            const status = response.statusCode ?? 500;
            resolve(new Response(withoutBody.has(status) ? null : Buffer.concat(chunks), { status, headers }));
          } catch (error) {
            reject(error as Error);
          }
        },
      );
      sent.once('error', reject).end(body);
    });
  };
}
