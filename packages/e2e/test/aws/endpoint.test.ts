import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  CredentialIssuer,
  keyFile,
  parameterStore,
  s3,
  secretsManager,
  startEndpoint,
  sts,
  type Credentials,
  type Listening,
  type ParameterStore,
  type PolicyDocument,
  type RequestRecord,
  type SecretsManager,
} from '../../src/aws/index.ts';
import { FakeClock } from './fake-clock.ts';

const region = 'eu-central-1';
const account = '111122223333';
const secretArn = `arn:aws:secretsmanager:${region}:${account}:secret:pod/keys-AbCdEf`;
const kmsKeyArn = `arn:aws:kms:${region}:${account}:key/0a1b`;
const caller = { account, roleName: 'PodRole', sessionName: 'i-0123456789abcdef0' };

const allow = (action: string | string[], resource: string | string[], condition = {}): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: action, Resource: resource, Condition: condition }],
});

let directory: string;
let endpoint: Listening;
let issuer: CredentialIssuer;
let parameters: ParameterStore;
let secrets: SecretsManager;
let policies: PolicyDocument[];
let records: RequestRecord[];
let clock: FakeClock;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'aws-'));
  clock = new FakeClock();
  // The clients sign with the real time.
  await clock.advance((Date.now() - clock.now()) / 1000);
  issuer = new CredentialIssuer({ clock, lifetimeSeconds: 900 });
  parameters = parameterStore({ region, account, path: join(directory, 'ssm.json'), clock });
  const key = await keyFile(join(directory, 'key'));
  secrets = secretsManager({ region, path: join(directory, 'secrets.json'), key, clock });
  policies = [allow('*', '*')];
  records = [];
  await writeFile(join(directory, 'bundle.mjs'), 'export default 42;');
  endpoint = await startEndpoint({
    listen: { host: '127.0.0.1', port: 0 },
    region,
    credentials: issuer,
    services: [
      parameters.service,
      secrets.service,
      sts(),
      s3(() => ({ assets: { 'bundle.mjs': join(directory, 'bundle.mjs') } })),
    ],
    policies: () => policies,
    clock,
    onRequest: (record) => records.push(record),
  });
});

afterEach(async () => {
  await endpoint.close();
  await rm(directory, { recursive: true });
});

const client = (credentials: Credentials) => ({
  region,
  endpoint: endpoint.url,
  credentials,
  maxAttempts: 1,
});

/** Signs a plain request as the clients do. */
async function signed(
  service: string,
  path: string,
  options: { method?: string; body?: string; headers?: Record<string, string> } = {},
): Promise<{ status: number | undefined; headers: IncomingHttpHeaders; text: string }> {
  const { method = 'GET', body = '', headers = {} } = options;
  const { host } = new URL(endpoint.url);
  const signer = new SignatureV4({
    service,
    region,
    credentials: issuer.issue(caller),
    sha256: Sha256,
    uriEscapePath: service !== 's3',
    applyChecksum: true,
  });
  const request = await signer.sign({
    method,
    protocol: 'http:',
    hostname: host,
    path,
    query: {},
    headers: { host, ...headers },
    body,
  });
  // Not fetch: it sends a Host header of its own.
  const outgoing = httpRequest(`${endpoint.url}${path}`, { method, headers: request.headers }).end(body);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve).once('error', reject);
  });
  return { status: response.statusCode, headers: response.headers, text: await text(response) };
}

class Sha256 {
  readonly #hash: Hash | Hmac;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    if (secret === undefined) this.#hash = createHash('sha256');
    else
      this.#hash = createHmac(
        'sha256',
        typeof secret === 'string'
          ? secret
          : 'buffer' in secret
            ? Buffer.from(secret.buffer, secret.byteOffset, secret.byteLength)
            : Buffer.from(secret),
      );
  }
  update(data: Uint8Array | string): void {
    this.#hash.update(data);
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }
  reset(): void {}
}

describe('Parameter Store', () => {
  it('answers the real client with the parameter, by name, ARN and version', async () => {
    await parameters.set('/pod/spec', 'one');
    await parameters.set('/pod/spec', 'two');
    await parameters.set('/pod/spec', 'two');
    const ssm = new SSMClient(client(issuer.issue(caller)));
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: '/pod/spec' }));
    expect(Parameter).toMatchObject({
      Name: '/pod/spec',
      Value: 'two',
      Version: 2,
      ARN: `arn:aws:ssm:${region}:${account}:parameter/pod/spec`,
    });
    expect(Parameter?.LastModifiedDate?.getTime()).toBeCloseTo(Date.now(), -5);
    const first = await ssm.send(new GetParameterCommand({ Name: `${Parameter?.ARN}:1` }));
    expect(first.Parameter?.Value).toBe('one');
  });

  it('refuses what is not there, and to overwrite without being told to', async () => {
    const ssm = new SSMClient(client(issuer.issue(caller)));
    await expect(ssm.send(new GetParameterCommand({ Name: 'none' }))).rejects.toMatchObject({
      name: 'ParameterNotFound',
    });
    const put = { Name: 'some', Value: 'v', Type: 'String' } as const;
    expect(await ssm.send(new PutParameterCommand(put))).toMatchObject({ Version: 1 });
    await expect(ssm.send(new PutParameterCommand(put))).rejects.toMatchObject({
      name: 'ParameterAlreadyExists',
    });
    expect(await ssm.send(new PutParameterCommand({ ...put, Overwrite: true }))).toMatchObject({
      Version: 2,
    });
    await expect(ssm.send(new GetParameterCommand({ Name: 'some:3' }))).rejects.toMatchObject({
      name: 'ParameterVersionNotFound',
    });
    await expect(
      ssm.send(new PutParameterCommand({ ...put, Name: 'big', Value: 'x'.repeat(4097) })),
    ).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });
});

describe('Secrets Manager', () => {
  it('moves AWSCURRENT and AWSPREVIOUS with each value', async () => {
    await secrets.define({ name: 'pod/keys', arn: secretArn });
    const manager = new SecretsManagerClient(client(issuer.issue(caller)));
    await expect(manager.send(new GetSecretValueCommand({ SecretId: secretArn }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
    });
    await secrets.put('pod/keys', '{"A":"1"}');
    const put = await manager.send(
      new PutSecretValueCommand({ SecretId: 'pod/keys', SecretString: '{"A":"2"}' }),
    );
    const current = await manager.send(new GetSecretValueCommand({ SecretId: secretArn }));
    expect(current).toMatchObject({
      SecretString: '{"A":"2"}',
      VersionId: put.VersionId,
      VersionStages: ['AWSCURRENT'],
    });
    const previous = await manager.send(
      new GetSecretValueCommand({ SecretId: secretArn, VersionStage: 'AWSPREVIOUS' }),
    );
    expect(previous.SecretString).toBe('{"A":"1"}');
    const described = await manager.send(new DescribeSecretCommand({ SecretId: secretArn }));
    expect(described.VersionIdsToStages).toEqual({
      [put.VersionId ?? '']: ['AWSCURRENT'],
      [previous.VersionId ?? '']: ['AWSPREVIOUS'],
    });
  });

  it('keeps values encrypted at rest, under a key that only its owner reads', async () => {
    await secrets.define({ name: 'pod/keys', arn: secretArn, initialValue: 'sk-very-secret' });
    await secrets.define({ name: 'pod/keys', arn: secretArn, initialValue: 'another' });
    expect(await secrets.get('pod/keys')).toBe('sk-very-secret');
    expect(await readFile(join(directory, 'secrets.json'), 'utf8')).not.toContain('sk-very');
    expect((await stat(join(directory, 'key'))).mode & 0o777).toBe(0o600);
    const stranger = secretsManager({ region, path: join(directory, 'secrets.json'), key: Buffer.alloc(32) });
    await expect(stranger.get('pod/keys')).rejects.toMatchObject({ code: 'STATE_UNREADABLE' });
  });

  it('demands the use of a customer managed key, through Secrets Manager only', async () => {
    await secrets.define({ name: 'pod/keys', arn: secretArn, kmsKeyArn, initialValue: 'x' });
    const manager = new SecretsManagerClient(client(issuer.issue(caller)));
    const read = () => manager.send(new GetSecretValueCommand({ SecretId: secretArn }));
    const value = allow('secretsmanager:GetSecretValue', secretArn);
    policies = [value];
    await expect(read()).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('kms:Decrypt'),
    });
    policies = [
      value,
      allow('kms:Decrypt', kmsKeyArn, { StringEquals: { 'kms:ViaService': `ec2.${region}.amazonaws.com` } }),
    ];
    await expect(read()).rejects.toMatchObject({ name: 'AccessDeniedException' });
    policies = [
      value,
      allow('kms:Decrypt', kmsKeyArn, {
        StringEquals: { 'kms:ViaService': `secretsmanager.${region}.amazonaws.com` },
      }),
    ];
    await expect(read()).resolves.toMatchObject({ SecretString: 'x' });
  });
});

describe('S3 and STS', () => {
  it('reads an object by path, by virtual host, and in part', async () => {
    expect((await signed('s3', '/assets/bundle.mjs')).text).toBe('export default 42;');
    const part = await signed('s3', '/assets/bundle.mjs', { headers: { range: 'bytes=7-13' } });
    expect([part.status, part.text]).toEqual([206, 'default']);
    const head = await signed('s3', '/assets/bundle.mjs', { method: 'HEAD' });
    expect(head.headers['content-length']).toBe('18');
    const hosted = await signed('s3', '/bundle.mjs', {
      headers: { host: 'assets.s3.eu-central-1.amazonaws.com' },
    });
    expect(hosted.status).toBe(200);
    const none = await signed('s3', '/assets/none');
    expect([none.status, none.text]).toEqual([404, expect.stringContaining('<Code>NoSuchKey</Code>')]);
  });

  it('says who calls, whatever the policies say', async () => {
    policies = [];
    const response = await signed('sts', '/', {
      method: 'POST',
      body: 'Action=GetCallerIdentity&Version=2011-06-15',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(response.text).toContain(
      `<Arn>arn:aws:sts::${account}:assumed-role/PodRole/i-0123456789abcdef0</Arn>`,
    );
  });
});

describe('access', () => {
  const get = (credentials: Credentials) =>
    new SSMClient(client(credentials)).send(new GetParameterCommand({ Name: 'any' }));

  it('is refused to credentials that nobody handed out, or whose parts do not belong together', async () => {
    const credentials = issuer.issue(caller);
    const stranger = new CredentialIssuer().issue(caller);
    const unknown = { name: 'UnrecognizedClientException' };
    await expect(get(stranger)).rejects.toMatchObject(unknown);
    await expect(get({ ...credentials, sessionToken: stranger.sessionToken })).rejects.toMatchObject(unknown);
    await expect(
      get({ ...credentials, sessionToken: issuer.issue(caller).sessionToken }),
    ).rejects.toMatchObject(unknown);
    await expect(get({ ...credentials, secretAccessKey: stranger.secretAccessKey })).rejects.toMatchObject({
      name: 'InvalidSignatureException',
    });
    expect(records.map(({ caller: who }) => who?.roleName)).toEqual([
      undefined,
      undefined,
      undefined,
      'PodRole',
    ]);
  });

  it('is refused without a signature, and to one that does not cover the body', async () => {
    const bare = await fetch(endpoint.url, {
      method: 'POST',
      headers: { 'x-amz-target': 'AmazonSSM.GetParameter' },
      body: '{}',
    });
    expect([bare.status, await bare.json()]).toEqual([
      400,
      expect.objectContaining({ __type: 'MissingAuthenticationTokenException' }),
    ]);
    const credentials = issuer.issue(caller);
    const ssm = new SSMClient(client(credentials));
    ssm.middlewareStack.add(
      (next) => (args) => {
        Object.assign(Object(args.request), { body: '{"Name":"etc"}' });
        return next(args);
      },
      { step: 'finalizeRequest', priority: 'low', name: 'tamper' },
    );
    await expect(ssm.send(new GetParameterCommand({ Name: 'any' }))).rejects.toMatchObject({
      name: 'InvalidSignatureException',
    });
  });

  it('ends with the credentials', async () => {
    const credentials = issuer.issue(caller);
    await clock.advance(901);
    await expect(get(credentials)).rejects.toMatchObject({ name: 'ExpiredTokenException' });
  });

  it('is refused when the clocks are apart', async () => {
    const credentials = issuer.issue(caller);
    await clock.advance(301);
    await expect(get(credentials)).rejects.toMatchObject({
      name: 'InvalidSignatureException',
      message: expect.stringContaining('Signature expired'),
    });
  });

  it('is refused in another Region', async () => {
    const ssm = new SSMClient({ ...client(issuer.issue(caller)), region: 'us-east-1' });
    await expect(ssm.send(new GetParameterCommand({ Name: 'any' }))).rejects.toMatchObject({
      name: 'InvalidSignatureException',
    });
  });

  it('is only what the policies allow, and is told of without values', async () => {
    await parameters.set('/pod/spec', 'value-of-spec');
    policies = [allow('ssm:GetParameter', `arn:aws:ssm:${region}:${account}:parameter/pod/*`)];
    const ssm = new SSMClient(client(issuer.issue(caller)));
    await ssm.send(new GetParameterCommand({ Name: '/pod/spec' }));
    await expect(ssm.send(new GetParameterCommand({ Name: '/other' }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: `User: arn:aws:sts::${account}:assumed-role/PodRole/i-0123456789abcdef0 is not authorized to perform: ssm:GetParameter on resource: arn:aws:ssm:${region}:${account}:parameter/other because no identity-based policy allows the ssm:GetParameter action`,
    });
    expect(records).toMatchObject([
      { service: 'ssm', operation: 'GetParameter', status: 200 },
      { service: 'ssm', operation: 'GetParameter', status: 400, fault: 'AccessDeniedException' },
    ]);
    expect(JSON.stringify(records)).not.toContain('value-of-spec');
  });

  it('survives a restart of the stand-in that kept its key', async () => {
    const key = Buffer.alloc(32, 7);
    const credentials = new CredentialIssuer({ key }).issue(caller);
    const again = new CredentialIssuer({ key }).recognise(credentials.accessKeyId, credentials.sessionToken);
    expect(again).toEqual({ caller, secretAccessKey: credentials.secretAccessKey });
  });
});
