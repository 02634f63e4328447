import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  CredentialIssuer,
  parameterStore,
  startEndpoint,
  startImds,
  type Listening,
} from '../../src/aws/index.ts';
import { tryPort } from '../../src/pod/port.ts';

const region = 'eu-central-1';
const account = '111122223333';
const spec = {
  apiVersion: 'clawharbor/v1',
  name: 'late',
  region,
  openclaw: { version: '2026.9.6', config: { gateway: { port: 18789 } } },
};

let directory: string;
let endpoint: Listening;
let imds: Listening;
const opened: { close(): unknown }[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'late-'));
  const credentials = new CredentialIssuer();
  const parameters = parameterStore({ region, account, path: join(directory, 'ssm.json') });
  await parameters.set('/pod/spec', JSON.stringify(spec));
  const on = { host: '127.0.0.1', port: 0 };
  endpoint = await startEndpoint({
    listen: on,
    region,
    credentials,
    services: [parameters.service],
    policies: () => [{ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }],
  });
  imds = await startImds({
    listen: on,
    credentials,
    identity: {
      instanceId: 'i-0123456789abcdef0',
      account,
      region,
      availabilityZone: `${region}a`,
      instanceType: 't4g.medium',
      imageId: 'ami-1',
      architecture: 'arm64',
      localIpv4: '10.0.2.10',
      roleName: 'PodRole',
      launchedAt: new Date(),
      userData: '',
    },
    targetLifecycleState: () => 'InService',
  });
  opened.push(endpoint, imds);
});

afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
  await rm(directory, { recursive: true });
});

const earlySeconds = 4;

/** The metadata service as an instance finds it in its first seconds, which begin when it first asks. */
async function startLate(port: number, early: RequestListener, seconds = earlySeconds): Promise<void> {
  let isReady = false;
  const server = createServer((incoming, response) => (isReady ? forward : early)(incoming, response));
  if (seconds === 0) isReady = true;
  else server.once('request', () => setTimeout(() => (isReady = true), seconds * 1000));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  opened.push({ close: () => (server.closeAllConnections(), server.close()) });
}

const forward: RequestListener = ({ method, headers, url }, response) => {
  request(`${imds.url}${url}`, { method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  }).end();
};

/**
 * Reads the spec as the bootstrap does when an instance boots: with nothing but where AWS and its metadata are.
 * @param onWait called when it says for the first time that it waits
 */
async function readSpec(
  port: number,
  onWait: () => void = () => {},
): Promise<{ stdout: string; stderr: string }> {
  const script = `
    import { loadPodSpec, patienceAtBoot } from '@clawharbor/bootstrap';
    const spec = await loadPodSpec('ssm:/pod/spec', { ...patienceAtBoot, onWait: (why) => console.error(why) });
    console.log(spec.name);
  `;
  const flags = ['--conditions=source', '--disable-warning=ExperimentalWarning', '--input-type=module'];
  const child = spawn(process.execPath, [...flags, '--eval', script], {
    cwd: import.meta.dirname,
    env: {
      HOME: directory,
      // As in the pod on a laptop. On AWS it is read from the same metadata, with the same patience.
      AWS_REGION: region,
      AWS_ENDPOINT_URL: endpoint.url,
      AWS_EC2_METADATA_SERVICE_ENDPOINT: `http://127.0.0.1:${port}`,
    },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString())).once('data', onWait);
  await once(child, 'close');
  return { stdout: stdout.trim(), stderr };
}

it.each<[string, RequestListener]>([
  ['is silent', () => {}],
  ['resets connections', (incoming) => incoming.socket.destroy()],
  ['is not ready', (_, response) => response.writeHead(503).end()],
])('a spec is read although the metadata service %s at first', async (_, early) => {
  const port = await tryPort(0);
  await startLate(port, early);
  const { stdout, stderr } = await readSpec(port);
  expect(stdout, stderr).toBe('late');
  expect(stderr).toMatch(/Could not load credentials.*asked again for up to \d+ s/);
});

it('fault (aws): nothing listens at the address of instance metadata at first → the spec is read all the same', async () => {
  const port = await tryPort(0);
  const { stdout, stderr } = await readSpec(port, () => void startLate(port, () => {}, 0));
  expect(stdout, stderr).toBe('late');
  expect(stderr).toMatch(/Could not load credentials.*asked again/);
});

it('fault (aws): instance metadata knows of no role at first → the spec is read all the same', async () => {
  const port = await tryPort(0);
  await startLate(port, (incoming, response) => {
    if (incoming.url?.includes('/iam/')) return response.writeHead(404).end();
    return forward(incoming, response);
  });
  const { stdout, stderr } = await readSpec(port);
  expect(stdout, stderr).toBe('late');
  expect(stderr).toMatch(/Could not load credentials.*asked again/);
});
