/**
 * What happens to one request: refusals, login callbacks, the rule it meets, authentication, and the way on.
 *
 * Elastic Load Balancing, "Listeners for your Application Load Balancers"
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html)
 */
import { type Answer, errorAnswer, redirectAnswer } from './answer.ts';
import { type Authenticator, callbackPath, finishLogin, nonceCookie, type Verdict } from './authenticator.ts';
import { answer, type Exchange } from './exchange.ts';
import { forward, type Forwarded } from './forward.ts';
import { type Classified, classify, mitigation } from './desync.ts';
import { forwardedHeaders, type HeaderList, withoutIdentity } from './forwarded-headers.ts';
import type { Handling, Listener, Route } from './listener.ts';
import { describeRequest, type ReceivedRequest, refusal } from './received-request.ts';
import { redirectLocation } from './redirect.ts';
import { selectRule } from './rules.ts';
import { type Seal, shardNames } from './sealed-cookie.ts';
import type { LoadBalancerAttributes } from './shapes.ts';
import type { TargetGroup } from './target-group.ts';

/** One line of the access log. Queries are left out: that of a login holds secrets. */
export interface AccessRecord {
  readonly listenerPort: number;
  readonly clientAddress: string;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly status: number;
  readonly targetStatus?: number;
  readonly targetId?: string;
  /** `none` when the request was answered before any rule. */
  readonly rule: number | 'default' | 'none';
  readonly errorReason?: string;
  /** Of a request that does not comply with HTTP: its class, and why. */
  readonly classification?: string;
  readonly classificationReason?: string;
}

export interface ServingOptions {
  readonly listener: Listener;
  /** Of the rules that authenticate. */
  readonly authenticators: ReadonlyMap<Handling, Authenticator>;
  readonly seal: Seal;
  readonly attributes: LoadBalancerAttributes;
  readonly hostAliases: Readonly<Record<string, string>>;
  readonly loopbackClient: string | undefined;
  readonly targetGroup: (arn: string) => TargetGroup;
  /** Where a port of the template is found on this machine. */
  readonly localPort: (declared: number) => number;
}

type Served = Pick<AccessRecord, 'rule' | 'targetId' | 'errorReason'> & Forwarded;
type OwnRoute = Exclude<Route, { kind: 'forward' }>;

/** Serves the requests of one listener. */
export class Serving {
  readonly #options: ServingOptions;
  readonly #protocol: 'http' | 'https';

  constructor(options: ServingOptions) {
    this.#options = options;
    this.#protocol = options.listener.protocol === 'HTTPS' ? 'https' : 'http';
  }

  async serve(exchange: Exchange): Promise<AccessRecord> {
    const received = this.#seen(describeRequest(exchange.request));
    const classified = classifiedOf(exchange, received);
    const served = await this.#handle(exchange, received, classified).catch((error: unknown): Served => {
      process.emitWarning(error instanceof Error ? error : String(error), 'LoadBalancerWarning');
      return answered(exchange, errorAnswer(500, 'AuthUnhandledException'), 'none');
    });
    const { clientAddress, host, method, path } = received;
    const { classification, reason } = classified;
    return {
      listenerPort: this.#port,
      clientAddress,
      method,
      host,
      path,
      ...served,
      ...(reason === undefined ? {} : { classification, classificationReason: reason }),
    };
  }

  get #port(): number {
    return this.#options.localPort(this.#options.listener.declaredPort);
  }

  #seen(received: ReceivedRequest): ReceivedRequest {
    const { loopbackClient } = this.#options;
    const isLoopback = /^(127\.|::1$)/.test(received.clientAddress);
    return loopbackClient !== undefined && isLoopback
      ? { ...received, clientAddress: loopbackClient }
      : received;
  }

  async #handle(exchange: Exchange, received: ReceivedRequest, classified: Classified): Promise<Served> {
    const { attributes, authenticators, listener, seal, targetGroup } = this.#options;
    // Whose client has gone already cannot be said to come from anywhere, and nobody waits for its answer.
    if (received.clientAddress === '') {
      exchange.response.destroy();
      return { status: 460, rule: 'none' };
    }
    const measure = mitigation(attributes.desyncMitigationMode, classified);
    if (measure !== 'forward') exchange.isLast();
    if (measure === 'block') return answered(exchange, errorAnswer(400), 'none');
    const refused = refusal(received);
    if (refused) return answered(exchange, refused, 'none');
    if (authenticators.size > 0 && received.path === callbackPath) {
      return answered(exchange, await finishLogin([...authenticators.values()], seal, received), 'none');
    }
    const rule = selectRule(listener.rules, {
      ...received,
      headers: exchange.request.headers,
      host: this.#dnsName(received),
      sourceIp: received.clientAddress,
    });
    const handling = rule ?? listener.otherwise;
    const priority = rule?.priority ?? 'default';
    const authenticator = authenticators.get(handling);
    const verdict = await authenticator?.check(received);
    if (verdict?.kind === 'answer') return answered(exchange, verdict.answer, priority);
    const { route } = handling;
    if (route.kind !== 'forward') return answered(exchange, this.#ownAnswer(route, received), priority);
    const groups = route.targetGroups.map(({ arn, weight }) => [targetGroup(arn), weight] as const);
    const target = pickByWeight(groups)?.next();
    if (!target) return answered(exchange, errorAnswer(503), priority);
    const forwarded = await forward(exchange, target, {
      path: received.target,
      headers: this.#headersFor(received, verdict, authenticator),
      setCookies: verdict?.kind === 'user' ? verdict.setCookies : [],
      idleTimeoutSeconds: attributes.idleTimeoutSeconds,
      ownConnection: measure === 'close',
    });
    return { ...forwarded, rule: priority, targetId: target.description.id };
  }

  #headersFor(received: ReceivedRequest, verdict?: Verdict, authenticator?: Authenticator): HeaderList {
    const request = { ...received, protocol: this.#protocol, listenerPort: this.#port };
    const forwarded = forwardedHeaders(request, this.#options.attributes);
    // AWS does not say what becomes of a client's own x-amzn-oidc-* where no action authenticates: they pass.
    if (!verdict || !authenticator) return forwarded;
    const cleaned = withoutCookies(withoutIdentity(forwarded), received, [nonceCookie]);
    if (verdict.kind === 'user') return [...cleaned, ...verdict.headers];
    // A cookie that did not open is not shown to a target as if it had.
    return withoutCookies(cleaned, received, [nonceCookie, ...shardNames(authenticator.cookieName)]);
  }

  #ownAnswer(route: OwnRoute, { hostname, path, query }: ReceivedRequest): Answer {
    if (route.kind === 'fixed-response') {
      const { ContentType, MessageBody, StatusCode } = route;
      return { status: Number(StatusCode), headers: [['Content-Type', ContentType]], body: MessageBody };
    }
    const requested = { protocol: this.#protocol, host: hostname, port: this.#port, path, query };
    const location = redirectLocation(route, requested, this.#options.localPort);
    return redirectAnswer(route.StatusCode === 'HTTP_301' ? 301 : 302, location);
  }

  #dnsName({ host, hostname }: ReceivedRequest): string {
    const { hostAliases } = this.#options;
    return (hostAliases[host.toLowerCase()] ?? hostAliases[hostname] ?? hostname).toLowerCase();
  }
}

/** Frames say where a request of HTTP/2 ends. */
function classifiedOf({ request }: Exchange, received: ReceivedRequest): Classified {
  if ('stream' in request) return { classification: 'Compliant' };
  return classify({ ...received, httpVersion: request.httpVersion });
}

function answered(exchange: Exchange, own: Answer, rule: AccessRecord['rule']): Served {
  answer(exchange, own);
  const { errorReason, status } = own;
  return { status, rule, ...(errorReason === undefined ? {} : { errorReason }) };
}

function withoutCookies(
  headers: HeaderList,
  { cookies }: ReceivedRequest,
  names: readonly string[],
): HeaderList {
  if (!names.some((name) => cookies.has(name))) return headers;
  const kept = [...cookies]
    .filter(([name]) => !names.includes(name))
    .flatMap(([name, values]) => values.map((value) => `${name}=${value}`));
  const others = headers.filter(([name]) => name.toLowerCase() !== 'cookie');
  return kept.length === 0 ? others : [...others, ['Cookie', kept.join('; ')]];
}

function pickByWeight<T>(choices: readonly (readonly [T, number])[]): T | undefined {
  const total = choices.reduce((sum, [, weight]) => sum + weight, 0);
  let at = Math.random() * total;
  return choices.find(([, weight]) => (at -= weight) < 0)?.[0];
}
