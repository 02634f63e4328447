/**
 * Verifies AWS Signature Version 4 on the service's side.
 * The algorithm: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 * How old a request may be: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html and,
 * for S3's 15 minutes, https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html (RequestTimeTooSkewed)
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { AccessError } from './fault.ts';
import type { AwsRequest } from './service.ts';

const algorithm = 'AWS4-HMAC-SHA256';

export interface Authorization {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/** @throws AccessError unsigned, malformed-signature */
export function parseAuthorization(request: AwsRequest): Authorization {
  const header = request.headers.get('authorization');
  if (header === undefined) throw new AccessError('unsigned');
  const parsed =
    /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/(\d{8})\/([^/,\s]+)\/([^/,\s]+)\/aws4_request,\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/.exec(
      header,
    );
  if (parsed === null) throw new AccessError('malformed-signature');
  const [, accessKeyId = '', date = '', region = '', service = '', signedHeaders = '', signature = ''] =
    parsed;
  return { accessKeyId, date, region, service, signedHeaders: signedHeaders.split(';'), signature };
}

/**
 * @param now milliseconds since the epoch
 * @throws AccessError malformed-signature, skewed-clock, wrong-signature
 */
export function verifySignature(
  request: AwsRequest,
  authorization: Authorization,
  secretAccessKey: string,
  now: number,
): void {
  const timestamp = request.headers.get('x-amz-date') ?? '';
  const time = parseTimestamp(timestamp);
  if (time === undefined || !timestamp.startsWith(authorization.date))
    throw new AccessError('malformed-signature');

  const tolerance = authorization.service === 's3' ? 15 : 5;
  if (Math.abs(now - time) > tolerance * 60_000) {
    const [word, bound] = time < now ? ['expired', 'earlier'] : ['not yet current', 'later'];
    throw new AccessError(
      'skewed-clock',
      `Signature ${word}: ${timestamp} is now ${bound} than ${tolerance} minutes from ${new Date(now).toISOString()}`,
    );
  }

  for (const [name] of request.headers) {
    // Headers that the documentation demands to be signed: a change to them would otherwise go unseen.
    const bound = name === 'host' || name.startsWith('x-amz-');
    if (bound && !authorization.signedHeaders.includes(name)) throw new AccessError('malformed-signature');
  }

  const scope = `${authorization.date}/${authorization.region}/${authorization.service}/aws4_request`;
  const stringToSign = [algorithm, timestamp, scope, sha256(canonicalRequest(request, authorization))].join(
    '\n',
  );
  const signingKey = [authorization.date, authorization.region, authorization.service, 'aws4_request'].reduce<
    string | Buffer
  >((key, part) => hmac(key, part), `AWS4${secretAccessKey}`);
  const expected = hmac(signingKey, stringToSign);
  if (!timingSafeEqual(expected, Buffer.from(authorization.signature, 'hex'))) {
    throw new AccessError('wrong-signature');
  }
}

function canonicalRequest(request: AwsRequest, { service, signedHeaders }: Authorization): string {
  // Every service but S3 encodes the path twice.
  const path = service === 's3' ? request.path : request.path.split('/').map(uriEncode).join('/');
  const query = [...request.query]
    .map(([name, value]) => `${uriEncode(name)}=${uriEncode(value)}`)
    .toSorted(byCodePoint)
    .join('&');
  const headers = signedHeaders.map(
    (name) => `${name}:${(request.headers.get(name) ?? '').trim().replaceAll(/ +/g, ' ')}\n`,
  );
  return [
    request.method,
    path,
    query,
    headers.join(''),
    signedHeaders.join(';'),
    payloadHash(request, service),
  ].join('\n');
}

function payloadHash(request: AwsRequest, service: string): string {
  const declared = request.headers.get('x-amz-content-sha256');
  // https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
  if (service === 's3' && declared === 'UNSIGNED-PAYLOAD') return declared;
  const actual = sha256(request.body);
  if (declared !== undefined && declared !== actual) throw new AccessError('wrong-signature');
  return actual;
}

function parseTimestamp(text: string): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (parts === null) return undefined;
  const [, year, month, day, hour, minute, second] = parts.map(Number);
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
}

function uriEncode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function byCodePoint(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
