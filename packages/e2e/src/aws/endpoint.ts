/**
 * One HTTP endpoint for every AWS service that the pod calls. Which service is meant follows from the credential scope
 * of the signature, as all of them share one address here (`AWS_ENDPOINT_URL`).
 * Order of the checks: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html (who),
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html (may they)
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { systemClock, type Clock } from './clock.ts';
import { callerArn, type Caller, type CredentialIssuer } from './credentials.ts';
import { AccessError, AwsFault } from './fault.ts';
import { evaluate, type PolicyDocument } from './iam.ts';
import { jsonAccessFaults, renderJsonFault } from './json-protocol.ts';
import { listen, type Listening, type ListenOn } from './listen.ts';
import type { AwsRequest, AwsResponse, AwsService, Call } from './service.ts';
import { parseAuthorization, verifySignature } from './sigv4.ts';

export interface EndpointOptions {
  readonly listen: ListenOn;
  readonly region: string;
  readonly credentials: CredentialIssuer;
  readonly services: readonly AwsService[];
  /** Identity-based policies of a caller, resolved. What they do not allow is refused. */
  readonly policies: (caller: Caller) => readonly PolicyDocument[];
  readonly clock?: Clock;
  /** Called after every answer. Holds no values of the request or the answer. */
  readonly onRequest?: (record: RequestRecord) => void;
}

export interface RequestRecord {
  readonly service: string;
  readonly operation: string;
  readonly caller: Caller | undefined;
  readonly resources: readonly string[];
  readonly status: number;
  /** Code of the fault, if it was refused. */
  readonly fault: string | undefined;
}

/** Largest request: a Secrets Manager value is at most 64 KiB, a parameter 8 KiB. */
const largestBody = 1024 * 1024;
/** Of an object for S3, which is in memory here as a whole; S3 itself takes 5 GiB. */
const largestObject = 512 * 1024 * 1024;

export async function startEndpoint(options: EndpointOptions): Promise<Listening> {
  const server = createServer((request, response) => {
    void answer(options, request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined);
    });
  });
  return listen(server, options.listen);
}

interface Progress {
  service: AwsService | undefined;
  caller: Caller | undefined;
  call: Call | undefined;
}

async function answer(
  options: EndpointOptions,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const requestId = randomUUID();
  const progress: Progress = { service: undefined, caller: undefined, call: undefined };
  let response: AwsResponse;
  let fault: AwsFault | undefined;
  try {
    response = await handle(options, await readRequest(incoming), progress);
  } catch (error) {
    fault = faultOf(error, progress.service);
    response = (progress.service?.renderFault ?? renderJsonFault)(fault, requestId);
  }
  options.onRequest?.({
    service: progress.service?.signingName ?? 'unknown',
    operation: progress.call?.operation ?? 'unknown',
    caller: progress.caller,
    resources: progress.call?.permissions.map(({ resource }) => resource) ?? [],
    status: response.status,
    fault: fault?.code,
  });
  const body = Buffer.from(response.body);
  outgoing.writeHead(response.status, {
    'x-amzn-requestid': requestId,
    'content-length': String(body.length),
    ...response.headers,
  });
  outgoing.end(incoming.method === 'HEAD' ? undefined : body);
}

async function handle(
  options: EndpointOptions,
  request: AwsRequest,
  progress: Progress,
): Promise<AwsResponse> {
  const { region, credentials, services, policies, clock = systemClock } = options;
  progress.service = services.find((service) => looksLike(service, request));
  const authorization = parseAuthorization(request);
  progress.service = services.find(({ signingName }) => signingName === authorization.service);
  if (progress.service === undefined) {
    throw new AwsFault(
      'UnknownOperationException',
      404,
      `The stand-in has no service ${authorization.service}`,
    );
  }
  const { caller, secretAccessKey } = credentials.recognise(
    authorization.accessKeyId,
    request.headers.get('x-amz-security-token'),
  );
  progress.caller = caller;
  if (authorization.region !== region) {
    throw new AccessError('wrong-signature', `Credential should be scoped to a valid region: ${region}`);
  }
  verifySignature(request, authorization, secretAccessKey, clock.now());

  const call = await progress.service.resolve(request);
  progress.call = call;
  for (const { action, resource, context } of call.permissions) {
    const decision = evaluate(policies(caller), {
      action,
      resource,
      context: { ...globalContext(caller, region), ...context },
    });
    if (decision !== 'allowed') {
      const reason =
        decision === 'explicit-deny'
          ? 'with an explicit deny in an identity-based policy'
          : `because no identity-based policy allows the ${action} action`;
      throw new AccessError(
        'denied',
        `User: ${callerArn(caller)} is not authorized to perform: ${action} on resource: ${resource} ${reason}`,
      );
    }
  }
  return call.run(caller);
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html */
function globalContext(caller: Caller, region: string): Record<string, string> {
  return {
    'aws:PrincipalAccount': caller.account,
    'aws:PrincipalArn': `arn:aws:iam::${caller.account}:role/${caller.roleName}`,
    'aws:PrincipalType': 'AssumedRole',
    'aws:RequestedRegion': region,
    'aws:ResourceAccount': caller.account,
    // AWS's own endpoints speak TLS only; that this one does not is a matter of the stand-in.
    'aws:SecureTransport': 'true',
    'ec2:SourceInstanceARN': `arn:aws:ec2:${region}:${caller.account}:instance/${caller.sessionName}`,
  };
}

/** An unsigned request names no service; its form decides in which protocol it is refused. */
function looksLike({ accessFaults, signingName }: AwsService, { headers }: AwsRequest): boolean {
  if (headers.has('x-amz-target')) return accessFaults === jsonAccessFaults;
  const isForm = headers.get('content-type')?.startsWith('application/x-www-form-urlencoded') === true;
  return isForm ? signingName === 'autoscaling' : signingName === 's3';
}

function faultOf(error: unknown, service: AwsService | undefined): AwsFault {
  if (error instanceof AwsFault) return error;
  if (error instanceof AccessError) return error.in(service?.accessFaults ?? jsonAccessFaults);
  const message = error instanceof Error ? error.message : String(error);
  return new AwsFault('InternalFailure', 500, `The stand-in failed: ${message}`);
}

async function readRequest(incoming: IncomingMessage): Promise<AwsRequest> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > (incoming.method === 'PUT' ? largestObject : largestBody))
      throw new AwsFault('RequestEntityTooLarge', 413, 'The request is too large');
    chunks.push(chunk);
  }
  const [path = '/', query = ''] = (incoming.url ?? '/').split('?', 2);
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(',') : value);
  }
  return {
    method: incoming.method ?? 'GET',
    path,
    query: new URLSearchParams(query),
    headers,
    body: Buffer.concat(chunks),
  };
}
