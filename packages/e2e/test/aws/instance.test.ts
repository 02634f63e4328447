import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  CredentialIssuer,
  parameterStore,
  startEndpoint,
  startImds,
  type Listening,
  type PolicyDocument,
  type RequestRecord,
} from '../../src/aws/index.ts';

const run = promisify(execFile);
const region = 'eu-central-1';
const account = '111122223333';
const roleName = 'PodRole';
const instanceId = 'i-0123456789abcdef0';

let directory: string;
let endpoint: Listening;
let imds: Listening;
let records: RequestRecord[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'instance-'));
  records = [];
  const credentials = new CredentialIssuer();
  const parameters = parameterStore({ region, account, path: join(directory, 'ssm.json') });
  await parameters.set('/pod/spec', 'the spec');
  const policy: PolicyDocument = {
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Action: 'ssm:GetParameter',
      Resource: `arn:aws:ssm:${region}:${account}:parameter/pod/spec`,
      Condition: {
        ArnEquals: { 'ec2:SourceInstanceARN': `arn:aws:ec2:${region}:${account}:instance/${instanceId}` },
      },
    },
  };
  const on = { host: '127.0.0.1', port: 0 };
  endpoint = await startEndpoint({
    listen: on,
    region,
    credentials,
    services: [parameters.service],
    policies: (caller) => (caller.roleName === roleName ? [policy] : []),
    onRequest: (record) => records.push(record),
  });
  imds = await startImds({
    listen: on,
    credentials,
    identity: {
      instanceId,
      account,
      region,
      availabilityZone: `${region}a`,
      instanceType: 't4g.medium',
      imageId: 'ami-1',
      architecture: 'arm64',
      localIpv4: '10.0.2.10',
      roleName,
      launchedAt: new Date(),
      userData: '',
    },
    targetLifecycleState: () => 'InService',
  });
});

afterEach(async () => {
  await Promise.all([endpoint.close(), imds.close()]);
  await rm(directory, { recursive: true });
});

it('reads a parameter with nothing but where AWS and the metadata service are', async () => {
  const script = `
    const { SSMClient, GetParameterCommand } = require('@aws-sdk/client-ssm');
    new SSMClient({}).send(new GetParameterCommand({ Name: '/pod/spec' })).then((answer) => console.log(answer.Parameter.Value));
  `;
  const { stdout } = await run(process.execPath, ['-e', script], {
    cwd: import.meta.dirname,
    env: {
      HOME: directory,
      AWS_REGION: region,
      AWS_ENDPOINT_URL: endpoint.url,
      AWS_EC2_METADATA_SERVICE_ENDPOINT: imds.url,
    },
  });
  expect(stdout.trim()).toBe('the spec');
  expect(records).toMatchObject([{ status: 200, caller: { roleName, sessionName: instanceId } }]);
});
