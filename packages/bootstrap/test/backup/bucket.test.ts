import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdir, utimes, writeFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { BackupBucket } from '../../src/backup/bucket.ts';
import { BackupFolder } from '../../src/backup/folder.ts';
import { storeAll } from '../../src/backup/keep.ts';
import type { BackupManifest } from '../../src/backup/manifest.ts';
import { makePod, type TestPod } from '../stand-ins/pod.ts';

const archive = Buffer.from('an archive of some length, for all that S3 can tell');
const manifest: BackupManifest = {
  format: 1,
  id: '2026-11-29T08-00-00.000Z',
  pod: 'pod',
  at: '2026-11-29T08:00:00.000Z',
  reason: 'scheduled',
  bytes: archive.length,
  sha256: createHash('sha256').update(archive).digest('hex'),
  openclaw: '2026.9.6',
  databases: [],
  contents: [],
  leftOut: [],
  remarks: [],
};

let pod: TestPod;
let s3: Server;
let folder: BackupFolder;
/** What it does with the first requests, each once; then it answers. */
let first: ((response: ServerResponse) => void)[];
beforeEach(async () => {
  pod = await makePod();
  folder = new BackupFolder(pod.host.layout);
  await folder.make();
  await writeFile(folder.archiveOf(manifest.id), archive);
  first = [];
  s3 = createServer((request, response) => {
    request.resume().on('end', () => {
      const instead = first.shift();
      if (instead) instead(response);
      else response.end(request.method === 'GET' ? archive : '');
    });
  }).listen(0, '127.0.0.1');
  await once(s3, 'listening');
  vi.stubEnv('AWS_ENDPOINT_URL_S3', `http://127.0.0.1:${(s3.address() as AddressInfo).port}`);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'none');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'none');
  // The SDK asks three times by itself: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
  vi.stubEnv('AWS_MAX_ATTEMPTS', '1');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  s3.closeAllConnections();
  await new Promise((resolve) => s3.close(resolve));
  await pod.close();
});

const bucketWithin = (seconds: number): BackupBucket =>
  BackupBucket.of(pod.spec({ backups: { bucket: 'archives' } }), { seconds, trySeconds: 0.3 })!;

const silence = (): void => {};
const half = (response: ServerResponse): void => {
  response.writeHead(200, { 'content-length': archive.length }).write(archive.subarray(0, 20));
};

test('fault (aws): S3 takes a part of an archive, or is asked for one, and says nothing more → the connection is given up after 60 s of silence, and it is tried again', async () => {
  const bucket = bucketWithin(20);
  first = [silence];
  await bucket.store(folder, manifest);
  first = [half];
  await bucket.fetch(folder, manifest);
  await folder.check(manifest);
});

test('fault (aws): S3 says nothing for good → what is to go there is remembered, and nothing of a download stays', async () => {
  const bucket = bucketWithin(1);
  first = Array.from({ length: 50 }, () => silence);
  await expect(bucket.store(folder, manifest)).rejects.toMatchObject({ code: 'BACKUP_NOT_STORED' });
  first = Array.from({ length: 50 }, () => half);
  const before = await readdir(folder.directory);
  await expect(bucket.fetch(folder, manifest)).rejects.toMatchObject({ code: 'BACKUP_BUCKET_UNREADABLE' });
  expect(await readdir(folder.directory)).toEqual(before);
});

test('fault (backup): an archive is damaged as it lies → it is read once a day, and again as soon as it has changed', async () => {
  const store = { folder, bucket: bucketWithin(20) };
  const file = folder.archiveOf(manifest.id);
  const put = async (content: Buffer, at: Date): Promise<void> => {
    await writeFile(file, content);
    await utimes(file, at, at);
  };
  const hour = (count: number): Date => new Date(Date.parse(manifest.at) + count * 3_600_000);
  await folder.describe(manifest);
  await put(Buffer.alloc(archive.length), hour(0));
  const corrupt = {
    code: 'BACKUP_CORRUPT',
    message: expect.stringContaining(folder.manifestOf(manifest.id)),
  };
  await expect(storeAll(store, hour(1))).rejects.toMatchObject(corrupt);
  // Whoever reads it would find it whole.
  await put(archive, hour(0));
  await expect(storeAll(store, hour(1.25))).rejects.toMatchObject(corrupt);
  await put(Buffer.alloc(archive.length), hour(1));
  await expect(storeAll(store, hour(1.5))).rejects.toMatchObject(corrupt);
  await put(archive, hour(1));
  await expect(storeAll(store, hour(25))).rejects.toMatchObject(corrupt);
  const copied = [`copied ${manifest.id} to s3://archives/`];
  expect(await storeAll(store, hour(26))).toEqual(copied);
});

test('fault (backup): an archive is damaged as it lies, and put right → it goes to the bucket at once', async () => {
  const store = { folder, bucket: bucketWithin(20) };
  await folder.describe(manifest);
  await writeFile(folder.archiveOf(manifest.id), Buffer.alloc(archive.length));
  await expect(storeAll(store)).rejects.toMatchObject({ code: 'BACKUP_CORRUPT' });
  await writeFile(folder.archiveOf(manifest.id), archive);
  expect(await storeAll(store)).toHaveLength(1);
  await folder.remove(manifest.id);
  expect(await readdir(folder.directory)).toEqual([]);
});
