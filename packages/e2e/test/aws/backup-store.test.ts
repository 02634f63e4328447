import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProcessHost } from '@clawharbor/bootstrap';
import { BackupStore, storeAll, type BackupManifest } from '@clawharbor/bootstrap/backup';
import { parsePodSpec } from '@clawharbor/bootstrap/spec';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  CredentialIssuer,
  s3,
  startEndpoint,
  type Listening,
  type PolicyDocument,
  type RequestRecord,
} from '../../src/aws/index.ts';

const region = 'eu-central-1';
const key = `arn:aws:kms:${region}:111122223333:key/pod`;

let directory: string;
let host: ProcessHost;
let endpoint: Listening;
let store: BackupStore;
let requests: RequestRecord[];
let enabled: boolean;
let policy: object;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'backup-store-'));
  host = new ProcessHost({
    root: join(directory, 'root'),
    state: join(directory, 'state'),
    artifacts: join(directory, 'artifacts'),
  });
  requests = [];
  enabled = true;
  policy = { Effect: 'Allow', Action: '*', Resource: '*' };
  const credentials = new CredentialIssuer();
  const bucket = {
    name: 'archives',
    region,
    directory: join(directory, 'objects'),
    key,
    objectLock: true,
    isKeyEnabled: () => enabled,
  };
  endpoint = await startEndpoint({
    listen: { host: '127.0.0.1', port: 0 },
    region,
    credentials,
    services: [s3(() => ({}), [bucket])],
    policies: () => [{ Version: '2012-10-17', Statement: [policy] } as unknown as PolicyDocument],
    onRequest: (record) => requests.push(record),
  });
  const issued = credentials.issue({ account: '111122223333', roleName: 'Pod', sessionName: 'i-1' });
  vi.stubEnv('AWS_ENDPOINT_URL', endpoint.url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', issued.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', issued.secretAccessKey);
  vi.stubEnv('AWS_SESSION_TOKEN', issued.sessionToken);
  const spec = parsePodSpec(
    {
      apiVersion: 'clawharbor/v1',
      name: 'pod',
      region,
      openclaw: { version: '2026.9.6', config: { gateway: { port: 18_789 } } },
      backups: { bucket: 'archives', prefix: 'pod/', kmsKey: key },
    },
    'the test',
  );
  store = new BackupStore(host, spec);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await host.close();
  await endpoint.close();
  await rm(directory, { recursive: true });
});

/** An archive of the folder, whatever is in it: nobody unpacks it here. */
async function backupOf(minute: number, bytes = 3_000_000): Promise<BackupManifest> {
  const content = randomBytes(bytes);
  const at = `2026-11-29T08:0${minute}:00.000Z`;
  const id = at.replaceAll(':', '-');
  const manifest: BackupManifest = {
    format: 1,
    id,
    pod: 'pod',
    at,
    reason: 'scheduled',
    bytes,
    sha256: createHash('sha256').update(content).digest('hex'),
    openclaw: '2026.9.6',
    databases: [],
    contents: [],
    leftOut: [],
    remarks: [],
  };
  await mkdir(host.layout.backups, { recursive: true });
  await writeFile(store.folder.archiveOf(id), content);
  await writeFile(store.folder.manifestOf(id), JSON.stringify(manifest));
  return manifest;
}

test('what is stored is listed and comes back whole, with the file system gone', async () => {
  const [first, second] = [await backupOf(1), await backupOf(2)];
  const before = await readFile(store.folder.archiveOf(first.id));
  expect(await storeAll(store)).toEqual([
    `copied ${first.id} to s3://archives/pod/`,
    `copied ${second.id} to s3://archives/pod/`,
  ]);
  // What is there is not sent again.
  expect(await storeAll(store)).toEqual([]);
  await rm(host.layout.backups, { recursive: true });
  expect(await store.list()).toEqual([first, second]);
  await store.fetch(first);
  expect(before.equals(await readFile(store.folder.archiveOf(first.id)))).toBe(true);
  expect((await stat(store.folder.archiveOf(first.id))).mode & 0o777).toBe(0o600);
  expect(await store.folder.list()).toEqual([first]);
  expect(requests.every(({ status }) => status === 200)).toBe(true);
});

test('the manifest goes last: an archive without it does not count', async () => {
  await backupOf(1);
  await storeAll(store);
  const puts = requests.filter(({ operation }) => operation === 'PutObject');
  expect(puts.map(({ resources }) => resources[0]?.split('.').at(-1))).toEqual(['gz', 'json']);
  await rm(join(directory, 'objects/pod', `2026-11-29T08-01-00.000Z.json`));
  await rm(host.layout.backups, { recursive: true });
  expect(await store.list()).toEqual([]);
});

test('what S3 gives back otherwise than it was stored is refused and not kept', async () => {
  const backup = await backupOf(1);
  await storeAll(store);
  await rm(host.layout.backups, { recursive: true });
  await writeFile(join(directory, 'objects/pod', `${backup.id}.tar.gz`), 'cut off');
  await expect(store.fetch(backup)).rejects.toThrow(expect.objectContaining({ code: 'BACKUP_CORRUPT' }));
  expect(await readdir(host.layout.backups)).toEqual([]);
});

test('a disabled key and a role that may not are named, and the archive stays here', async () => {
  const backup = await backupOf(1);
  enabled = false;
  await expect(storeAll(store)).rejects.toThrow(
    expect.objectContaining({
      code: 'BACKUP_NOT_STORED',
      message: expect.stringMatching(/KMS\.DisabledException/),
    }),
  );
  enabled = true;
  policy = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' };
  await expect(storeAll(store)).rejects.toThrow(
    expect.objectContaining({ code: 'BACKUP_NOT_STORED', message: expect.stringMatching(/s3:PutObject/) }),
  );
  await expect(store.list()).rejects.toThrow(
    expect.objectContaining({
      code: 'BACKUP_BUCKET_UNREADABLE',
      message: expect.stringMatching(/s3:ListBucket/),
    }),
  );
  expect((await store.folder.list()).map(({ id }) => id)).toEqual([backup.id]);
  policy = { Effect: 'Allow', Action: '*', Resource: '*' };
  expect(await storeAll(store)).toHaveLength(1);
});

test('a large archive goes in parts, by a role that may delete nothing, and comes back whole', async () => {
  const manifest = await backupOf(1, 34 * 1024 ** 2);
  policy = {
    Effect: 'Allow',
    Action: ['s3:PutObject', 's3:GetObject', 's3:ListBucket', 'kms:GenerateDataKey', 'kms:Decrypt'],
    Resource: '*',
  };
  await storeAll(store);
  const sent = requests
    .map(({ operation }) => operation)
    .filter((operation) => operation !== 'ListObjectsV2');
  expect(sent).toEqual([
    'CreateMultipartUpload',
    'UploadPart',
    'UploadPart',
    'CompleteMultipartUpload',
    'PutObject',
  ]);
  await rm(host.layout.backups, { recursive: true });
  await store.fetch(manifest);
  expect(await store.folder.list()).toEqual([manifest]);
});

test('a large archive that is not what its manifest says is no object', async () => {
  const { id } = await backupOf(1, 33 * 1024 ** 2);
  const file = store.folder.archiveOf(id);
  const content = await readFile(file);
  content[content.length - 1]! ^= 1;
  await writeFile(file, content);
  await expect(storeAll(store)).rejects.toThrow(expect.objectContaining({ code: 'BACKUP_CORRUPT' }));
  expect(requests.map(({ operation }) => operation)).not.toContain('CompleteMultipartUpload');
  expect(await readdir(join(directory, 'objects')).catch(() => [])).toEqual([]);
});
