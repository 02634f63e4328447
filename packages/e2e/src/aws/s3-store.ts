/**
 * What a pod asks of a bucket that it writes to: versioned, encrypted with a key, perhaps locked. Its objects are files on this
 * machine.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AwsFault } from './fault.ts';
import {
  encryption,
  isFormer,
  keep,
  mustHaveDigest,
  mustHaveKey,
  mustNameKey,
  type ObjectStore,
} from './s3-bucket.ts';
import { respondWith } from './s3-object.ts';
import { resolveParts } from './s3-parts.ts';
import type { AwsRequest, AwsResponse, Call } from './service.ts';
import { isErrorCode } from './state-file.ts';
import { xml } from './xml.ts';

export function resolveInStore(request: AwsRequest, store: ObjectStore, key: string): Call {
  const arn = `arn:aws:s3:::${store.name}`;
  const { method, query } = request;
  if (method === 'GET' && key === '' && query.get('list-type') === '2') {
    const prefix = query.get('prefix') ?? '';
    return {
      operation: 'ListObjectsV2',
      permissions: [{ action: 's3:ListBucket', resource: arn, context: { 's3:prefix': prefix } }],
      run: () => list(request, store),
    };
  }
  if (key === '' || key.split('/').includes('..')) {
    throw new AwsFault('InvalidArgument', 400, 'The stand-in wants a key.');
  }
  const ofParts = resolveParts(request, store, key);
  if (ofParts) return ofParts;
  if (method === 'PUT') {
    return {
      operation: 'PutObject',
      permissions: [
        { action: 's3:PutObject', resource: `${arn}/${key}` },
        ...encryption(store, 'kms:GenerateDataKey'),
      ],
      run: () => put(request, store, key),
    };
  }
  if (method === 'DELETE') {
    return {
      operation: 'DeleteObject',
      permissions: [{ action: 's3:DeleteObject', resource: `${arn}/${key}` }],
      run: () => {
        throw new AwsFault('NotImplemented', 501, 'The stand-in keeps every object.');
      },
    };
  }
  if (method !== 'GET' && method !== 'HEAD') {
    throw new AwsFault('MethodNotAllowed', 405, 'The stand-in does not know this request.');
  }
  return {
    operation: method === 'GET' ? 'GetObject' : 'HeadObject',
    permissions: [{ action: 's3:GetObject', resource: `${arn}/${key}` }, ...encryption(store, 'kms:Decrypt')],
    run: () => get(request, store, key),
  };
}

async function put(request: AwsRequest, store: ObjectStore, key: string): Promise<AwsResponse> {
  const digest = mustHaveDigest(request, store);
  mustNameKey(request, store);
  const encrypted = mustHaveKey(store);
  const version = await keep(store, key, request.body);
  return {
    status: 200,
    headers: {
      etag: `"${createHash('md5').update(request.body).digest('hex')}"`,
      'x-amz-version-id': version,
      'x-amz-checksum-sha256': digest,
      ...encrypted,
    },
    body: '',
  };
}

async function get(request: AwsRequest, store: ObjectStore, key: string): Promise<AwsResponse> {
  const file = join(store.directory, key);
  const found = await stat(file).catch((error: unknown) => {
    if (isErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (!found?.isFile()) throw new AwsFault('NoSuchKey', 404, 'The specified key does not exist.');
  const encrypted = mustHaveKey(store);
  return respondWith(request, await readFile(file), found.mtime, encrypted);
}

/** In the order of the keys, a page at a time. */
async function list(request: AwsRequest, store: ObjectStore): Promise<AwsResponse> {
  const prefix = request.query.get('prefix') ?? '';
  const most = Math.min(Number(request.query.get('max-keys') ?? 1000), 1000);
  const after = request.query.get('continuation-token') ?? request.query.get('start-after') ?? '';
  const entries = await readdir(store.directory, { recursive: true, withFileTypes: true }).catch(() => []);
  const keys = entries
    .filter((entry) => entry.isFile() && !isFormer(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(store.directory.length + 1))
    .filter((key) => key.startsWith(prefix) && key > after)
    .toSorted((a, b) => (a < b ? -1 : 1));
  const page = keys.slice(0, most);
  const contents = await Promise.all(
    page.map(async (Key) => {
      const { size, mtime } = await stat(join(store.directory, Key));
      return xml('Contents', { Key, LastModified: mtime, Size: size, StorageClass: 'STANDARD' });
    }),
  );
  const more = keys.length > page.length;
  const head = [
    xml('Name', store.name),
    xml('Prefix', prefix),
    xml('KeyCount', page.length),
    xml('MaxKeys', most),
    xml('IsTruncated', more),
    ...(more ? [xml('NextContinuationToken', page.at(-1))] : []),
  ];
  const namespace = ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';
  return {
    status: 200,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult${namespace}>${head.join('')}${contents.join('')}</ListBucketResult>`,
  };
}
