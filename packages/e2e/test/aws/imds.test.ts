import { MetadataService } from '@aws-sdk/ec2-metadata-service';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CredentialIssuer, startImds, type Listening } from '../../src/aws/index.ts';
import { FakeClock } from './fake-clock.ts';

let imds: Listening;
let clock: FakeClock;
let target: string;

beforeEach(async () => {
  clock = new FakeClock();
  target = 'InService';
  imds = await startImds({
    listen: { host: '127.0.0.1', port: 0 },
    identity: {
      instanceId: 'i-0123456789abcdef0',
      account: '111122223333',
      region: 'eu-central-1',
      availabilityZone: 'eu-central-1a',
      instanceType: 't4g.medium',
      imageId: 'ami-0123',
      architecture: 'arm64',
      localIpv4: '10.0.2.10',
      roleName: 'PodRole',
      launchedAt: new Date('2026-11-22T12:00:00Z'),
      userData: '#!/bin/bash\necho hello\n',
    },
    credentials: new CredentialIssuer({ clock, lifetimeSeconds: 3600 }),
    targetLifecycleState: () => target,
    clock,
  });
});

afterEach(() => imds.close());

const putToken = (headers: Record<string, string>) =>
  fetch(`${imds.url}/latest/api/token`, { method: 'PUT', headers });
const ttl = (seconds: string) => ({ 'x-aws-ec2-metadata-token-ttl-seconds': seconds });

async function get(path: string, token?: string): Promise<[number, string]> {
  const given = token ?? (await (await putToken(ttl('60'))).text());
  const response = await fetch(`${imds.url}${path}`, { headers: { 'x-aws-ec2-metadata-token': given } });
  return [response.status, await response.text()];
}

describe('a token', () => {
  it('is needed, and must be a current one', async () => {
    const bare = await fetch(`${imds.url}/latest/meta-data/instance-id`);
    expect(bare.status).toBe(401);
    expect(await get('/latest/meta-data/instance-id', 'guessed')).toEqual([401, '']);
    const token = await (await putToken(ttl('60'))).text();
    expect(await get('/latest/meta-data/instance-id', token)).toEqual([200, 'i-0123456789abcdef0']);
    await clock.advance(60);
    expect(await get('/latest/meta-data/instance-id', token)).toEqual([401, '']);
  });

  it.each(['0', '21601', 'soon', ''])('lives between a second and six hours, not %j', async (seconds) => {
    expect((await putToken(ttl(seconds))).status).toBe(400);
  });

  it('is given to the instance itself, not through a proxy', async () => {
    expect((await putToken({})).status).toBe(400);
    expect((await putToken({ ...ttl('60'), 'x-forwarded-for': '203.0.113.7' })).status).toBe(403);
    expect((await fetch(`${imds.url}/latest/api/token`)).status).toBe(405);
  });
});

it('answers the real client', async () => {
  const service = new MetadataService({ endpoint: imds.url });
  expect(await service.request('/latest/meta-data/placement/region', {})).toBe('eu-central-1');
  expect(JSON.parse(await service.request('/latest/dynamic/instance-identity/document', {}))).toMatchObject({
    instanceId: 'i-0123456789abcdef0',
    availabilityZone: 'eu-central-1a',
    accountId: '111122223333',
  });
});

it('shows folders, user data and where the instance is heading', async () => {
  expect(await get('/latest/meta-data/placement/')).toEqual([200, 'availability-zone\nregion']);
  expect(await get('/latest/meta-data/iam')).toEqual([200, 'info\nsecurity-credentials/']);
  expect(await get('/latest/meta-data/iam/security-credentials/')).toEqual([200, 'PodRole']);
  expect(await get('/latest/user-data')).toEqual([200, '#!/bin/bash\necho hello\n']);
  expect(await get('/latest/meta-data/autoscaling/target-lifecycle-state')).toEqual([200, 'InService']);
  target = 'Terminated';
  expect(await get('/latest/meta-data/autoscaling/target-lifecycle-state')).toEqual([200, 'Terminated']);
  expect(await get('/latest/meta-data/none')).toEqual([404, '']);
  expect(await get('/latest/meta-data/toString')).toEqual([404, '']);
});

it('renews credentials five minutes before they end', async () => {
  const read = async () =>
    z
      .object({ AccessKeyId: z.string(), Expiration: z.string() })
      .parse(JSON.parse((await get('/latest/meta-data/iam/security-credentials/PodRole'))[1]));
  const first = await read();
  await clock.advance(3299);
  expect(await read()).toEqual(first);
  await clock.advance(2);
  const second = await read();
  expect(second.AccessKeyId).not.toBe(first.AccessKeyId);
  expect(Date.parse(second.Expiration)).toBeGreaterThan(clock.now() + 3500_000);
});
