/**
 * The Instance Metadata Service of one instance, version 2 only.
 * Tokens: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html and
 * instancedata-data-retrieval.html; paths: ec2-instance-metadata.html (categories);
 * credentials: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html
 *
 * A hop limit of 1 means that the answer dies at the first router. The stand-in sits one link away from the instance's
 * own network namespace, so only what runs in that namespace reaches it; it sets no IP TTL.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { systemClock, type Clock } from './clock.ts';
import type { CredentialIssuer, Credentials } from './credentials.ts';
import { listen, type Listening, type ListenOn } from './listen.ts';

export interface InstanceIdentity {
  readonly instanceId: string;
  readonly account: string;
  readonly region: string;
  readonly availabilityZone: string;
  readonly instanceType: string;
  readonly imageId: string;
  readonly architecture: 'arm64' | 'x86_64';
  readonly localIpv4: string;
  /** Role in the instance profile. */
  readonly roleName: string;
  readonly launchedAt: Date;
  /** As it was before Base64. */
  readonly userData: string;
}

export interface ImdsOptions {
  readonly listen: ListenOn;
  readonly identity: InstanceIdentity;
  readonly credentials: CredentialIssuer;
  readonly targetLifecycleState: () => string;
  readonly clock?: Clock;
}

const longestTtl = 21_600;
/** New credentials are there at least five minutes before the old ones end. */
const renewal = 5 * 60_000;

export async function startImds(options: ImdsOptions): Promise<Listening> {
  const imds = new Imds(options);
  return listen(
    createServer((request, response) => imds.answer(request, response)),
    options.listen,
  );
}

class Imds {
  readonly #options: ImdsOptions;
  readonly #clock: Clock;
  /** Tokens and when they end. */
  readonly #tokens = new Map<string, number>();
  #current: Credentials | undefined;

  constructor(options: ImdsOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  answer(request: IncomingMessage, response: ServerResponse): void {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    if (path === '/latest/api/token') this.#answerToken(request, response);
    else if (request.method !== 'GET' && request.method !== 'HEAD') send(response, 405);
    else if (!this.#isAuthorized(request)) send(response, 401);
    else {
      const body = lookUp(path, this.#tree());
      if (body === undefined) send(response, 404);
      else send(response, 200, body);
    }
  }

  #answerToken(request: IncomingMessage, response: ServerResponse): void {
    if (request.method !== 'PUT') return send(response, 405);
    // What a proxy forwards is not from the instance itself.
    if (request.headers['x-forwarded-for'] !== undefined) return send(response, 403);
    const ttl = Number(request.headers['x-aws-ec2-metadata-token-ttl-seconds']);
    if (!Number.isInteger(ttl) || ttl < 1 || ttl > longestTtl) return send(response, 400);
    const token = randomBytes(42).toString('base64url');
    const now = this.#clock.now();
    for (const [old, end] of this.#tokens) if (end <= now) this.#tokens.delete(old);
    this.#tokens.set(token, now + ttl * 1000);
    return send(response, 200, token, { 'x-aws-ec2-metadata-token-ttl-seconds': String(ttl) });
  }

  #isAuthorized(request: IncomingMessage): boolean {
    const token = request.headers['x-aws-ec2-metadata-token'];
    return typeof token === 'string' && this.#clock.now() < (this.#tokens.get(token) ?? 0);
  }

  #credentials(): Credentials {
    const { credentials, identity } = this.#options;
    if (this.#current === undefined || this.#current.expiration.getTime() - renewal <= this.#clock.now()) {
      this.#current = credentials.issue({
        account: identity.account,
        roleName: identity.roleName,
        sessionName: identity.instanceId,
      });
    }
    return this.#current;
  }

  #tree(): Tree {
    const { identity, targetLifecycleState } = this.#options;
    const hostname = `ip-${identity.localIpv4.replaceAll('.', '-')}.${identity.region}.compute.internal`;
    return {
      dynamic: {
        'instance-identity': {
          document: () =>
            JSON.stringify({
              accountId: identity.account,
              architecture: identity.architecture,
              availabilityZone: identity.availabilityZone,
              imageId: identity.imageId,
              instanceId: identity.instanceId,
              instanceType: identity.instanceType,
              pendingTime: identity.launchedAt.toISOString(),
              privateIp: identity.localIpv4,
              region: identity.region,
              version: '2017-09-30',
            }),
        },
      },
      'meta-data': {
        'ami-id': () => identity.imageId,
        autoscaling: { 'target-lifecycle-state': targetLifecycleState },
        hostname: () => hostname,
        iam: {
          info: () =>
            JSON.stringify({
              Code: 'Success',
              LastUpdated: isoSeconds(this.#credentials().issuedAt),
              InstanceProfileArn: `arn:aws:iam::${identity.account}:instance-profile/${identity.roleName}`,
            }),
          'security-credentials': { [identity.roleName]: () => credentialDocument(this.#credentials()) },
        },
        'instance-id': () => identity.instanceId,
        'instance-type': () => identity.instanceType,
        'local-hostname': () => hostname,
        'local-ipv4': () => identity.localIpv4,
        placement: { 'availability-zone': () => identity.availabilityZone, region: () => identity.region },
        services: { domain: () => 'amazonaws.com', partition: () => 'aws' },
      },
      'user-data': () => identity.userData,
    };
  }
}

interface Tree {
  readonly [name: string]: Tree | (() => string);
}

/** A folder answers with the names in it, folders marked by a slash. */
function lookUp(path: string, tree: Tree): string | undefined {
  // Repeated slashes are no difference: AWS's own client asks for `//latest/...`.
  const [version, ...names] = path.split('/').filter((part) => part !== '');
  if (version !== 'latest') return undefined;
  let node: Tree | (() => string) = tree;
  for (const name of names) {
    const next: Tree | (() => string) | undefined =
      typeof node === 'object' && Object.hasOwn(node, name) ? node[name] : undefined;
    if (next === undefined) return undefined;
    node = next;
  }
  if (typeof node === 'function') return node();
  return Object.entries(node)
    .map(([name, child]) => (typeof child === 'object' ? `${name}/` : name))
    .join('\n');
}

function credentialDocument({
  accessKeyId,
  secretAccessKey,
  sessionToken,
  issuedAt,
  expiration,
}: Credentials): string {
  return JSON.stringify({
    Code: 'Success',
    LastUpdated: isoSeconds(issuedAt),
    Type: 'AWS-HMAC',
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    Token: sessionToken,
    Expiration: isoSeconds(expiration),
  });
}

function isoSeconds(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}

function send(
  response: ServerResponse,
  status: number,
  body = '',
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'text/plain', ...headers }).end(body);
}
