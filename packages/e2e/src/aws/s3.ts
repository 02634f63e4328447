/**
 * Amazon S3, as far as a pod goes: objects are written, listed and read, and never deleted.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html, API_HeadObject.html, API_PutObject.html and
 * API_ListObjectsV2.html; uploads in parts: `s3-parts.ts`
 * Bucket in the path or in the host: https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 * Errors: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
import { readFile, stat } from 'node:fs/promises';
import { AwsFault, type AccessFaults } from './fault.ts';
import type { AwsRequest, AwsResponse, AwsService } from './service.ts';
import { respondWith } from './s3-object.ts';
import type { ObjectStore } from './s3-bucket.ts';
import { resolveInStore } from './s3-store.ts';
import { xml } from './xml.ts';

const accessFaults: AccessFaults = {
  unsigned: ['AccessDenied', 403, 'Access Denied'],
  'malformed-signature': [
    'AuthorizationHeaderMalformed',
    400,
    'The authorization header that you provided is not valid.',
  ],
  'unknown-credentials': [
    'InvalidAccessKeyId',
    403,
    'The AWS access key ID that you provided does not exist in our records.',
  ],
  'expired-credentials': ['ExpiredToken', 400, 'The provided token has expired.'],
  'wrong-signature': [
    'SignatureDoesNotMatch',
    403,
    'The request signature that the server calculated does not match the signature that you provided.',
  ],
  'skewed-clock': [
    'RequestTimeTooSkewed',
    403,
    'The difference between the request time and the current time is too large.',
  ],
  denied: ['AccessDenied', 403, 'Access Denied'],
};

/** Objects by bucket and key: each is a file on this machine. Nobody writes to them. */
export type Buckets = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * @param buckets asked at each request, so that an asset can be built anew while the pod runs
 * @param kept buckets that the pod writes to
 */
export function s3(buckets: () => Buckets, kept: readonly ObjectStore[] = []): AwsService {
  return {
    signingName: 's3',
    accessFaults,
    resolve(request) {
      const known = buckets();
      const { bucket, key } = locate(request, [...Object.keys(known), ...kept.map(({ name }) => name)]);
      const store = kept.find(({ name }) => name === bucket);
      if (store) return resolveInStore(request, store, key);
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        throw new AwsFault('MethodNotAllowed', 405, 'The stand-in does not write to this bucket.');
      }
      return {
        operation: request.method === 'GET' ? 'GetObject' : 'HeadObject',
        // HeadObject has no action of its own.
        permissions: [{ action: 's3:GetObject', resource: `arn:aws:s3:::${bucket}/${key}` }],
        run: () => respond(request, known[bucket], key),
      };
    },
    renderFault: (fault, requestId) => ({
      status: fault.status,
      headers: { 'content-type': 'application/xml' },
      body: `<?xml version="1.0" encoding="UTF-8"?>\n${xml('Error', { Code: fault.code, Message: fault.message, RequestId: requestId })}`,
    }),
  };
}

function locate(request: AwsRequest, names: readonly string[]): { bucket: string; key: string } {
  const path = decodeURIComponent(request.path).slice(1);
  const host = request.headers.get('host') ?? '';
  const hosted = names.find((name) => host.startsWith(`${name}.`));
  if (hosted !== undefined) return { bucket: hosted, key: path };
  const slash = path.indexOf('/');
  return slash < 0 ? { bucket: path, key: '' } : { bucket: path.slice(0, slash), key: path.slice(slash + 1) };
}

async function respond(
  request: AwsRequest,
  objects: Buckets[string] | undefined,
  key: string,
): Promise<AwsResponse> {
  if (objects === undefined) throw new AwsFault('NoSuchBucket', 404, 'The specified bucket does not exist');
  const path = Object.hasOwn(objects, key) ? objects[key] : undefined;
  if (path === undefined) throw new AwsFault('NoSuchKey', 404, 'The specified key does not exist.');
  const [body, { mtime }] = await Promise.all([readFile(path), stat(path)]);
  return respondWith(request, body, mtime);
}
