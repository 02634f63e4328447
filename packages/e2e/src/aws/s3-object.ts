import { createHash } from 'node:crypto';
import { AwsFault } from './fault.ts';
import type { AwsRequest, AwsResponse } from './service.ts';

/** An object, or the range of it that was asked for: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html */
export function respondWith(
  request: AwsRequest,
  body: Buffer,
  modified: Date,
  more: Readonly<Record<string, string>> = {},
): AwsResponse {
  const headers = {
    'accept-ranges': 'bytes',
    'content-type': 'binary/octet-stream',
    etag: `"${createHash('md5').update(body).digest('hex')}"`,
    'last-modified': modified.toUTCString(),
    ...more,
  };
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.get('range') ?? '');
  const from = Number(range?.[1] ?? 0);
  const to = Math.min(range?.[2] ? Number(range[2]) : Infinity, body.length - 1);
  if (range !== null && from > to) {
    throw new AwsFault('InvalidRange', 416, 'The requested range is not satisfiable');
  }
  const part = range === null ? body : body.subarray(from, to + 1);
  return {
    status: range === null ? 200 : 206,
    headers: {
      ...headers,
      'content-length': String(part.length),
      ...(range === null ? {} : { 'content-range': `bytes ${from}-${to}/${body.length}` }),
    },
    body: part,
  };
}
