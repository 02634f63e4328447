import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface AwsStandIn {
  /** Environment that sends the AWS SDK here. */
  readonly environment: Readonly<Record<string, string>>;
  secret: { value: string; version: string };
  parameter: string;
  /** Objects of S3, by `/bucket/key`. */
  readonly objects: Map<string, string>;
  targetState: string | undefined;
  /** Whether Auto Scaling waits for this instance. */
  waiting: boolean;
  /** Actions that were asked for, as in `CompleteLifecycleAction CONTINUE`. */
  readonly calls: string[];
  /** Heartbeats, which are no calls here: how many there are depends on how long a run takes. */
  beats: number;
  /** What to answer instead, with the name of what was asked for; undefined: what it would answer by itself. */
  instead: (name: string) => Misbehaviour | undefined;
  close(): Promise<void>;
}

/**
 * Another answer; no answer at all; an end of the connection before the answer, in the middle of it, or an answer that
 * stops in the middle and leaves the connection open. `cut`: a whole answer by its headers, with half of the text.
 */
export type Misbehaviour =
  readonly [status: number, body: string] | 'silence' | 'reset' | 'half' | 'stalled' | 'cut';

export const instanceId = 'i-0123456789abcdef0';

/** Five services of AWS on one loopback port, with the few answers the bootstrap needs, on the wire. */
export async function startAws(): Promise<AwsStandIn> {
  const server = createServer((request, response) => {
    void respond(request, response);
  });
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    const instead = standIn.instead(nameOf(request, body));
    if (typeof instead === 'string')
      return misbehave(instead, response, () => answer(standIn, request, body));
    const [status, text] = instead ?? answer(standIn, request, body);
    response.writeHead(status, { 'content-type': typeOf(text) }).end(text);
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const standIn: AwsStandIn = {
    environment: {
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'example',
      AWS_REGION: 'eu-central-1',
      AWS_ENDPOINT_URL: endpoint,
      AWS_EC2_METADATA_SERVICE_ENDPOINT: endpoint,
    },
    secret: { value: '{}', version: '1' },
    parameter: '{}',
    objects: new Map(),
    targetState: 'InService',
    waiting: true,
    calls: [],
    beats: 0,
    instead: () => undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return standIn;
}

function misbehave(
  how: Exclude<Misbehaviour, readonly unknown[]>,
  response: ServerResponse,
  answered: () => Answer,
): void {
  if (how === 'silence') return;
  if (how === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  const [status, text] = answered();
  const half = text.slice(0, Math.max(1, Math.floor(text.length / 2)));
  const length = how === 'cut' ? half.length : Buffer.byteLength(text);
  response.writeHead(status, { 'content-type': typeOf(text), 'content-length': length });
  if (how === 'cut') response.end(half);
  else response.write(half, () => how === 'half' && response.socket?.destroy());
}

/** As in `GetParameter`, or the path of metadata. */
function nameOf({ url = '', headers }: IncomingMessage, body: string): string {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') return target.replace(/.*\./, '');
  return url === '/' ? (new URLSearchParams(body).get('Action') ?? '') : url;
}

type Answer = [status: number, body: string];

function answer(aws: AwsStandIn, request: IncomingMessage, body: string): Answer {
  const path = request.url ?? '';
  if (path === '/latest/api/token') return [200, 'token'];
  if (path.startsWith('/latest/meta-data/')) {
    if (request.headers['x-aws-ec2-metadata-token'] !== 'token') return [401, ''];
    return metadata(aws, path.slice('/latest/meta-data/'.length));
  }
  if (request.method === 'GET' && path.includes('x-id=GetObject')) return object(aws, path);
  const target = request.headers['x-amz-target'];
  return typeof target === 'string' ? json(aws, target, body) : query(aws, new URLSearchParams(body));
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html */
function object(aws: AwsStandIn, path: string): Answer {
  const content = aws.objects.get(path.replace(/\?.*$/, ''));
  if (content !== undefined) return [200, content];
  return [404, '<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>'];
}

function metadata(aws: AwsStandIn, name: string): Answer {
  const values: Record<string, string | undefined> = {
    'instance-id': instanceId,
    'placement/region': 'eu-central-1',
    'services/domain': 'amazonaws.com',
    'iam/security-credentials/': 'instance-role',
    'iam/security-credentials/instance-role': JSON.stringify({
      AccessKeyId: 'AKIDEXAMPLE',
      SecretAccessKey: 'example',
      Token: 'token',
    }),
    'autoscaling/target-lifecycle-state': aws.targetState,
  };
  const value = values[name];
  return value === undefined ? [404, ''] : [200, value];
}

function json(aws: AwsStandIn, target: string, body: string): Answer {
  const input = JSON.parse(body) as Record<string, string>;
  if (target === 'secretsmanager.GetSecretValue') {
    if (input['SecretId']?.includes('absent')) {
      return [400, JSON.stringify({ __type: 'ResourceNotFoundException', Message: 'no such secret' })];
    }
    return [200, JSON.stringify({ SecretString: aws.secret.value, VersionId: aws.secret.version })];
  }
  if (target === 'AmazonSSM.GetParameter') {
    return [200, JSON.stringify({ Parameter: { Name: input['Name'], Value: aws.parameter } })];
  }
  return [400, JSON.stringify({ __type: 'UnknownOperationException' })];
}

/** https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CompleteLifecycleAction.html */
function query(aws: AwsStandIn, input: URLSearchParams): Answer {
  const action = input.get('Action') ?? '';
  if (action === 'RecordLifecycleActionHeartbeat') aws.beats += 1;
  else aws.calls.push([action, input.get('LifecycleActionResult')].filter(Boolean).join(' '));
  if (!aws.waiting) {
    const message = `No active Lifecycle Action found with instance ID ${input.get('InstanceId')}`;
    const error = `<Error><Type>Sender</Type><Code>ValidationError</Code><Message>${message}</Message></Error>`;
    return [400, `<ErrorResponse>${error}<RequestId>1</RequestId></ErrorResponse>`];
  }
  if (action === 'CompleteLifecycleAction') aws.waiting = false;
  return [200, `<${action}Response><${action}Result/></${action}Response>`];
}

function typeOf(text: string): string {
  if (text.startsWith('<')) return 'text/xml';
  return text.startsWith('{') ? 'application/x-amz-json-1.1' : 'text/plain';
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += String(chunk);
  return body;
}
