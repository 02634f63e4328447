/**
 * Uploads in parts. Operations: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html,
 * API_UploadPart.html and API_CompleteMultipartUpload.html. What each needs, and that S3 decrypts the parts to join them:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions
 * Limits: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AwsFault } from './fault.ts';
import {
  digestOf,
  encryption,
  keep,
  mustHaveDigest,
  mustHaveKey,
  mustNameKey,
  type ObjectStore,
} from './s3-bucket.ts';
import type { AwsRequest, AwsResponse, Call } from './service.ts';
import { isErrorCode } from './state-file.ts';
import { xml } from './xml.ts';

const mostParts = 10_000;
const smallestPart = 5 * 1024 ** 2;
const namespace = ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';

/** @returns undefined for a request that is none of an upload in parts */
export function resolveParts(request: AwsRequest, store: ObjectStore, key: string): Call | undefined {
  const { method, query } = request;
  const put = { action: 's3:PutObject', resource: `arn:aws:s3:::${store.name}/${key}` };
  const [encrypt, decrypt] = [encryption(store, 'kms:GenerateDataKey'), encryption(store, 'kms:Decrypt')];
  const uploadId = query.get('uploadId');
  if (method === 'POST' && query.has('uploads')) {
    return {
      operation: 'CreateMultipartUpload',
      permissions: [put, ...encrypt],
      run: () => create(request, store, key),
    };
  }
  if (uploadId === null) return undefined;
  if (!/^[\w-]+$/.test(uploadId)) throw noSuchUpload();
  if (method === 'PUT') {
    return {
      operation: 'UploadPart',
      permissions: [put, ...encrypt, ...decrypt],
      run: () => uploadPart(request, store, uploadId),
    };
  }
  if (method === 'POST') {
    return {
      operation: 'CompleteMultipartUpload',
      permissions: [put, ...decrypt],
      run: () => complete(request, store, uploadId, key),
    };
  }
  if (method === 'DELETE') {
    return {
      operation: 'AbortMultipartUpload',
      permissions: [{ ...put, action: 's3:AbortMultipartUpload' }],
      run: async () => {
        await rm(await folderOf(store, uploadId), { recursive: true });
        return { status: 204, headers: {}, body: '' };
      },
    };
  }
  return undefined;
}

interface Upload {
  readonly key: string;
  /** As `x-amz-checksum-algorithm` named it. */
  readonly algorithm: string | undefined;
}

async function create(request: AwsRequest, store: ObjectStore, key: string): Promise<AwsResponse> {
  mustNameKey(request, store);
  const encrypted = mustHaveKey(store);
  const algorithm = request.headers.get('x-amz-checksum-algorithm');
  const uploadId = randomUUID();
  const folder = join(uploadsOf(store), uploadId);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, 'upload.json'), JSON.stringify({ key, algorithm } satisfies Upload));
  const answer = { Bucket: store.name, Key: key, UploadId: uploadId };
  return {
    status: 200,
    headers: {
      'content-type': 'application/xml',
      ...(algorithm === undefined ? {} : { 'x-amz-checksum-algorithm': algorithm }),
      ...encrypted,
    },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${xml('InitiateMultipartUploadResult', answer, namespace)}`,
  };
}

async function uploadPart(request: AwsRequest, store: ObjectStore, uploadId: string): Promise<AwsResponse> {
  const number = Number(request.query.get('partNumber'));
  if (!Number.isInteger(number) || number < 1 || number > mostParts) {
    throw new AwsFault('InvalidArgument', 400, `Part number must be an integer between 1 and ${mostParts}`);
  }
  const folder = await folderOf(store, uploadId);
  const digest = mustHaveDigest(request, store);
  const encrypted = mustHaveKey(store);
  await writeFile(join(folder, String(number)), request.body, { mode: 0o600 });
  return {
    status: 200,
    headers: { etag: `"${md5(request.body)}"`, 'x-amz-checksum-sha256': digest, ...encrypted },
    body: '',
  };
}

async function complete(
  request: AwsRequest,
  store: ObjectStore,
  uploadId: string,
  key: string,
): Promise<AwsResponse> {
  const folder = await folderOf(store, uploadId);
  const upload = JSON.parse(await readFile(join(folder, 'upload.json'), 'utf8')) as Upload;
  if (upload.key !== key) throw noSuchUpload();
  const named = partsOf(request.body.toString('utf8'));
  if (named.length === 0) throw new AwsFault('MalformedXML', 400, 'The XML you provided was not well-formed');
  if (named.some(({ number }, index) => number <= (named[index - 1]?.number ?? 0))) {
    throw new AwsFault('InvalidPartOrder', 400, 'The list of parts was not in ascending order.');
  }
  const parts: Buffer[] = [];
  for (const [index, part] of named.entries()) {
    const body = await readPart(folder, part, upload);
    if (body.length < smallestPart && index < named.length - 1) {
      throw new AwsFault(
        'EntityTooSmall',
        400,
        'Your proposed upload is smaller than the minimum allowed size',
      );
    }
    parts.push(body);
  }
  const encrypted = mustHaveKey(store);
  const version = await keep(store, key, Buffer.concat(parts));
  await rm(folder, { recursive: true });
  const ofParts = (algorithm: string) => {
    const hash = createHash(algorithm);
    for (const part of parts) hash.update(createHash(algorithm).update(part).digest());
    return hash;
  };
  const answer = {
    Bucket: store.name,
    Key: key,
    ETag: `"${ofParts('md5').digest('hex')}-${parts.length}"`,
    ChecksumSHA256: upload.algorithm && `${ofParts('sha256').digest('base64')}-${parts.length}`,
  };
  return {
    status: 200,
    headers: { 'content-type': 'application/xml', 'x-amz-version-id': version, ...encrypted },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${xml('CompleteMultipartUploadResult', answer, namespace)}`,
  };
}

interface NamedPart {
  readonly number: number;
  readonly etag: string;
  readonly digest: string | undefined;
}

function partsOf(text: string): NamedPart[] {
  return [...text.matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, part = '']) => ({
    number: Number(/<PartNumber>(\d+)</.exec(part)?.[1]),
    etag: (/<ETag>(.*?)<\/ETag>/s.exec(part)?.[1] ?? '').replaceAll(/&quot;|&#34;|"/g, ''),
    digest: /<ChecksumSHA256>(.*?)</.exec(part)?.[1],
  }));
}

async function readPart(
  folder: string,
  { number, etag, digest }: NamedPart,
  upload: Upload,
): Promise<Buffer> {
  const body = await readFile(join(folder, String(number))).catch((error: unknown) => {
    if (isErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (body === undefined || md5(body) !== etag) {
    throw new AwsFault('InvalidPart', 400, 'One or more of the specified parts could not be found.');
  }
  if (upload.algorithm !== undefined && digest === undefined) {
    throw new AwsFault('InvalidRequest', 400, `The checksum of part ${number} is missing in the request.`);
  }
  if (digest !== undefined && digest !== digestOf(body)) {
    throw new AwsFault('InvalidPart', 400, `The checksum of part ${number} is another one.`);
  }
  return body;
}

/** Beside the objects, where no list finds them. */
function uploadsOf({ directory }: ObjectStore): string {
  return `${directory}.uploads`;
}

async function folderOf(store: ObjectStore, uploadId: string): Promise<string> {
  const folder = join(uploadsOf(store), uploadId);
  await readFile(join(folder, 'upload.json')).catch(() => {
    throw noSuchUpload();
  });
  return folder;
}

function noSuchUpload(): AwsFault {
  return new AwsFault('NoSuchUpload', 404, 'The specified multipart upload does not exist.');
}

function md5(body: Buffer): string {
  return createHash('md5').update(body).digest('hex');
}
