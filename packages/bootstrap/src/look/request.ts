import { request as overHttp } from 'node:http';
import { request as overTls } from 'node:https';

export interface Request {
  readonly url: URL;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const milliseconds = 5000;

/** An answer that is no success. */
export class Refusal extends Error {
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

/** @returns the text of the answer @throws Refusal; Error after five seconds without a whole one */
export function textOf({ url, method, headers = {}, body = '' }: Request): Promise<string> {
  const begin = url.protocol === 'https:' ? overTls : overHttp;
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(milliseconds);
    const asked = begin(url, { method, headers, signal, agent: false }, (response) => {
      let text = '';
      response
        .setEncoding('utf8')
        .on('data', (chunk: string) => (text += chunk))
        .on('error', reject)
        .on('end', () =>
          response.statusCode === 200
            ? resolve(text)
            : reject(
                new Refusal(
                  `${url.host} answers ${response.statusCode}: ${text.slice(0, 300)}`,
                  response.statusCode ?? 0,
                ),
              ),
        );
    });
    asked.on('error', reject).end(body);
  });
}
