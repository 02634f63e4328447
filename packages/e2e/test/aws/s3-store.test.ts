import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  CredentialIssuer,
  s3,
  startEndpoint,
  type Listening,
  type ObjectStore,
  type PolicyDocument,
} from '../../src/aws/index.ts';

const region = 'eu-central-1';
const account = '111122223333';
const key = `arn:aws:kms:${region}:${account}:key/pod`;
const bucketArn = 'arn:aws:s3:::archives';

let directory: string;
let endpoint: Listening;
let client: S3Client;
let policies: PolicyDocument[];
let enabled: boolean;
let objectLock: boolean;

const everything = { Effect: 'Allow', Action: '*', Resource: '*' } as const;
const policy = (...statements: object[]) =>
  ({ Version: '2012-10-17', Statement: statements }) as unknown as PolicyDocument;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 's3-store-'));
  enabled = true;
  objectLock = false;
  policies = [policy(everything)];
  const store: ObjectStore = {
    name: 'archives',
    region,
    directory,
    key,
    get objectLock() {
      return objectLock;
    },
    isKeyEnabled: () => enabled,
  };
  const credentials = new CredentialIssuer();
  endpoint = await startEndpoint({
    listen: { host: '127.0.0.1', port: 0 },
    region,
    credentials,
    services: [s3(() => ({}), [store])],
    policies: () => policies,
  });
  client = new S3Client({
    region,
    endpoint: endpoint.url,
    credentials: credentials.issue({ account, roleName: 'Pod', sessionName: 'i-1' }),
    maxAttempts: 1,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
});
afterEach(async () => {
  client.destroy();
  await endpoint.close();
  await rm(directory, { recursive: true });
});

const put = (Key: string, Body = 'content', more: object = {}) =>
  client.send(new PutObjectCommand({ Bucket: 'archives', Key, Body, ...more }));
const get = async (Key: string) =>
  (await client.send(new GetObjectCommand({ Bucket: 'archives', Key }))).Body?.transformToString();
const digest = (text: string) => createHash('sha256').update(text).digest('base64');
const named = (name: string) => expect.objectContaining({ name });

describe('a bucket that a pod writes to', () => {
  test('gives back what was stored, and says how it is encrypted', async () => {
    const answer = await put('pod/a.json', 'first', { ChecksumSHA256: digest('first') });
    expect(answer).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: key });
    expect(await get('pod/a.json')).toBe('first');
    await expect(get('pod/b.json')).rejects.toThrow(named('NoSuchKey'));
  });

  test('keeps what was written over', async () => {
    await put('pod/a.json', 'first');
    await put('pod/a.json', 'second');
    expect(await get('pod/a.json')).toBe('second');
    expect(await readdir(join(directory, 'pod'))).toHaveLength(2);
  });

  test('refuses what arrived otherwise than it was sent', async () => {
    await expect(put('pod/a', 'one', { ChecksumSHA256: digest('other') })).rejects.toThrow(
      named('BadDigest'),
    );
    await expect(get('pod/a')).rejects.toThrow(named('NoSuchKey'));
  });

  test('with Object Lock wants a checksum', async () => {
    objectLock = true;
    await expect(put('pod/a')).rejects.toThrow(named('InvalidRequest'));
    await put('pod/a', 'locked', { ChecksumSHA256: digest('locked') });
  });

  test('lists below a prefix, a page at a time', async () => {
    for (const name of ['pod/1', 'pod/2', 'pod/3', 'other/1']) await put(name);
    const list = (more: object) =>
      client.send(new ListObjectsV2Command({ Bucket: 'archives', Prefix: 'pod/', MaxKeys: 2, ...more }));
    const first = await list({});
    expect(first.Contents?.map(({ Key }) => Key)).toEqual(['pod/1', 'pod/2']);
    expect(first.IsTruncated).toBe(true);
    const rest = await list({ ContinuationToken: first.NextContinuationToken });
    expect(rest.Contents?.map(({ Key }) => Key)).toEqual(['pod/3']);
    expect(rest.IsTruncated).toBe(false);
  });

  test('says when its key is disabled', async () => {
    await put('pod/a');
    enabled = false;
    await expect(put('pod/b')).rejects.toThrow(named('KMS.DisabledException'));
    await expect(get('pod/a')).rejects.toThrow(named('KMS.DisabledException'));
  });
});

describe('the role', () => {
  const objects = {
    Effect: 'Allow',
    Action: ['s3:PutObject', 's3:GetObject'],
    Resource: `${bucketArn}/pod/*`,
  };
  const list = {
    Effect: 'Allow',
    Action: 's3:ListBucket',
    Resource: bucketArn,
    Condition: { StringLike: { 's3:prefix': 'pod/*' } },
  };
  const encrypt = {
    Effect: 'Allow',
    Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
    Resource: key,
    Condition: { StringEquals: { 'kms:EncryptionContext:aws:s3:arn': bucketArn } },
  };

  test('needs the objects and the key', async () => {
    policies = [policy(objects, encrypt)];
    await put('pod/a');
    await expect(put('other/a')).rejects.toThrow(named('AccessDenied'));
    policies = [policy(objects)];
    await expect(put('pod/a')).rejects.toThrow(/kms:GenerateDataKey/);
    await expect(get('pod/a')).rejects.toThrow(/kms:Decrypt/);
  });

  test('sees no more than it may', async () => {
    policies = [policy(list)];
    const ask = (Prefix: string) => client.send(new ListObjectsV2Command({ Bucket: 'archives', Prefix }));
    expect((await ask('pod/')).KeyCount).toBe(0);
    await expect(ask('')).rejects.toThrow(named('AccessDenied'));
    await expect(ask('other/')).rejects.toThrow(named('AccessDenied'));
  });
});

describe('an upload in parts', () => {
  const at = { Bucket: 'archives', Key: 'pod/large' };
  const create = (more: object = {}) => client.send(new CreateMultipartUploadCommand({ ...at, ...more }));
  const send = async (UploadId: string | undefined, PartNumber: number, Body: string | Buffer) => {
    const command = new UploadPartCommand({ ...at, UploadId, PartNumber, Body, ChecksumAlgorithm: 'SHA256' });
    const { ETag, ChecksumSHA256 } = await client.send(command);
    return { PartNumber, ETag, ChecksumSHA256 };
  };
  const complete = (UploadId: string | undefined, Parts: object[]) =>
    client.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } }));
  const large = Buffer.alloc(5 * 1024 ** 2, 'a');

  test('is an object once it is complete, and nothing before', async () => {
    const { UploadId } = await create({ ChecksumAlgorithm: 'SHA256' });
    const parts = [await send(UploadId, 1, large), await send(UploadId, 2, 'the end')];
    await expect(get(at.Key)).rejects.toThrow(named('NoSuchKey'));
    const { ETag, ChecksumSHA256 } = await complete(UploadId, parts);
    expect([ETag, ChecksumSHA256]).toEqual([
      expect.stringMatching(/^"[0-9a-f]{32}-2"$/),
      expect.stringMatching(/-2$/),
    ]);
    expect(await get(at.Key)).toBe(`${large.toString()}the end`);
    await expect(complete(UploadId, parts)).rejects.toThrow(named('NoSuchUpload'));
  });

  test('refuses parts that are too small, out of order, unknown or without their checksum', async () => {
    const { UploadId } = await create({ ChecksumAlgorithm: 'SHA256' });
    const [first, second] = [await send(UploadId, 1, 'small'), await send(UploadId, 2, 'end')];
    await expect(complete(UploadId, [first, second])).rejects.toThrow(named('EntityTooSmall'));
    await expect(complete(UploadId, [second, first])).rejects.toThrow(named('InvalidPartOrder'));
    await expect(complete(UploadId, [{ ...first, ETag: '"0"' }])).rejects.toThrow(named('InvalidPart'));
    const { ChecksumSHA256: _, ...without } = second;
    await expect(complete(UploadId, [without])).rejects.toThrow(named('InvalidRequest'));
    await expect(send(UploadId, 10_001, 'x')).rejects.toThrow(named('InvalidArgument'));
    await expect(send('gone', 1, 'x')).rejects.toThrow(named('NoSuchUpload'));
  });

  test('needs leave to put, to encrypt and, to join the parts, to decrypt', async () => {
    const may = (...actions: string[]) =>
      policy({ Effect: 'Allow', Action: ['s3:PutObject', ...actions], Resource: '*' });
    policies = [may('kms:GenerateDataKey')];
    const { UploadId } = await create();
    await expect(send(UploadId, 1, 'x')).rejects.toThrow(named('AccessDenied'));
    policies = [may('kms:GenerateDataKey', 'kms:Decrypt')];
    const part = await send(UploadId, 1, 'x');
    await complete(UploadId, [part]);
  });
});
