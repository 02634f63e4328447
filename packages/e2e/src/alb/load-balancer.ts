/**
 * An Application Load Balancer on this machine: the listeners, rules and target groups of a template, served.
 *
 * Elastic Load Balancing, "Application Load Balancers" and "Listeners for your Application Load Balancers"
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html)
 */
import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';

import { StandInError } from '../errors.ts';
import { trustingFetch } from '../tls/index.ts';
import { type Answer, errorAnswer, redirectAnswer } from './answer.ts';
import { Authenticator, callbackPath, finishLogin, type Verdict } from './authenticator.ts';
import { answer, type Exchange } from './exchange.ts';
import { forward, type Forwarded } from './forward.ts';
import { forwardedHeaders, type HeaderList } from './forwarded-headers.ts';
import { IdentityProvider, type UserPoolEndpoints } from './identity-provider.ts';
import { type Handling, type Listener, parseListener, parseProperties, type Route } from './listener.ts';
import { openPublicKeys, openServer, type OpenServer, type ServerCertificate } from './open-server.ts';
import { describeRequest, type ReceivedRequest, refusal } from './received-request.ts';
import { redirectLocation } from './redirect.ts';
import { selectRule } from './rules.ts';
import { Seal, shardNames } from './sealed-cookie.ts';
import { attributeList, LoadBalancerAttributes, TargetGroupProperties } from './shapes.ts';
import { type Connect, directly } from './target-connection.ts';
import { type TargetDescription, TargetGroup, type TargetHealth } from './target-group.ts';
import { ClaimsSigner } from './user-claims.ts';

export interface LocalListener {
  /** Where it listens on this machine; 0 takes a free port. */
  readonly port: number;
  /** Properties of the AWS::ElasticLoadBalancingV2::Listener, intrinsics resolved. */
  readonly properties: unknown;
  /** Properties of its AWS::ElasticLoadBalancingV2::ListenerRule resources. */
  readonly rules?: readonly unknown[];
}

export interface LoadBalancerOptions {
  /** Signs user claims as this load balancer. */
  readonly arn?: string;
  /** The address to listen on. Default 127.0.0.1. */
  readonly host?: string;
  readonly listeners: readonly LocalListener[];
  /** Properties of the AWS::ElasticLoadBalancingV2::TargetGroup resources by the ARN that forward actions use. */
  readonly targetGroups: Readonly<Record<string, unknown>>;
  /** LoadBalancerAttributes of the AWS::ElasticLoadBalancingV2::LoadBalancer. */
  readonly attributes?: unknown;
  /** Of HTTPS listeners and the public key endpoint. */
  readonly certificate?: ServerCertificate;
  /** What Cognito says of the user pools that authenticate actions name, by ARN. */
  readonly userPools?: Readonly<Record<string, UserPoolEndpoints>>;
  /** A certificate (PEM) that identity providers may show besides those of public authorities. */
  readonly trustedCertificate?: string;
  /**
   * The stand-in for DNS: which name of the real DNS a Host header of this machine stands for, with or without a port
   * (`{ 'localhost:8443': 'openclaw.example.com' }`). Only host conditions see the name; the target gets what was sent.
   */
  readonly hostAliases?: Readonly<Record<string, string>>;
  /**
   * What a client on the loopback interface of this machine counts as: a load balancer's clients come from elsewhere, and
   * a target may well refuse to believe that one of them is itself. Default: its loopback address.
   */
  readonly loopbackClient?: string;
  /** How targets are reached. Default: a TCP connection from this process. */
  readonly connect?: Connect;
  /** Health checks run this many times as often as the template declares. Default 1. */
  readonly healthCheckPace?: number;
  /** Where the public key endpoint listens. Default: a free port. */
  readonly publicKeysPort?: number;
}

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
}

export interface TargetHealthEvent extends TargetHealth {
  readonly targetGroupArn: string;
}

export interface LoadBalancerEvents {
  access: [AccessRecord];
  targetHealth: [TargetHealthEvent];
}

/** Throws `LISTENER_INVALID`, `TARGET_UNKNOWN` or `USER_POOL_UNKNOWN` when AWS would not create the listeners. */
export async function startLoadBalancer(options: LoadBalancerOptions): Promise<LoadBalancer> {
  const loadBalancer = new LoadBalancer(options);
  await loadBalancer.open();
  return loadBalancer;
}

interface ListenerAtWork {
  readonly listener: Listener;
  readonly authenticators: ReadonlyMap<Handling, Authenticator>;
  readonly wantedPort: number;
  server?: OpenServer;
}

/** Made by `startLoadBalancer`. */
export class LoadBalancer extends EventEmitter<LoadBalancerEvents> {
  readonly arn: string;
  readonly #options: LoadBalancerOptions;
  readonly #host: string;
  readonly #attributes: LoadBalancerAttributes;
  readonly #seal = new Seal(randomBytes(32));
  readonly #signer: ClaimsSigner;
  readonly #targetGroups: ReadonlyMap<string, TargetGroup>;
  readonly #listeners: readonly ListenerAtWork[];
  #publicKeys: OpenServer | undefined;

  constructor(options: LoadBalancerOptions) {
    super();
    this.#options = options;
    this.#host = options.host ?? '127.0.0.1';
    this.arn =
      options.arn ??
      'arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/app/local/0000000000000000';
    this.#attributes = attributesOf(options.attributes);
    this.#signer = new ClaimsSigner(this.arn);
    this.#targetGroups = new Map(
      Object.entries(options.targetGroups).map(([arn, properties]) => [
        arn,
        this.#targetGroupOf(arn, properties),
      ]),
    );
    this.#listeners = options.listeners.map(({ port, properties, rules }) => {
      const listener = parseListener(properties, rules ?? []);
      const handlings = [...listener.rules, listener.otherwise];
      for (const { route } of handlings) this.#assertTargetGroups(route);
      if (listener.protocol === 'HTTPS' && !options.certificate) {
        throw new StandInError(
          'LISTENER_INVALID',
          'An HTTPS listener needs a certificate: pass `certificate`.',
        );
      }
      return { listener, wantedPort: port, authenticators: this.#authenticatorsOf(handlings) };
    });
  }

  /** The local ports of the listeners, in their order. */
  get ports(): readonly number[] {
    return this.#listeners.map(({ server }) => server?.port ?? 0);
  }

  /** Plays `https://public-keys.auth.elb.<region>.amazonaws.com`: append `/<kid>`. */
  get publicKeysUrl(): string {
    return `${this.#options.certificate ? 'https' : 'http'}://localhost:${this.#publicKeys?.port}`;
  }

  async open(): Promise<void> {
    const { certificate, publicKeysPort = 0 } = this.#options;
    const secured = certificate ? { certificate } : {};
    const keys = new Map([[this.#signer.keyId, this.#signer.publicKey]]);
    try {
      this.#publicKeys = await openPublicKeys(keys, { host: this.#host, port: publicKeysPort, ...secured });
      for (const atWork of this.#listeners) {
        atWork.server = await openServer({
          host: this.#host,
          port: atWork.wantedPort,
          attributes: this.#attributes,
          onExchange: (exchange) => void this.#serve(atWork, exchange),
          ...(atWork.listener.protocol === 'HTTPS' ? secured : {}),
        });
      }
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    for (const group of this.#targetGroups.values()) group.close();
    await Promise.all([...this.#listeners.map(({ server }) => server?.close()), this.#publicKeys?.close()]);
  }

  /** Health checks of the target begin at once. Throws `TARGET_UNKNOWN`. */
  registerTarget(targetGroupArn: string, target: TargetDescription): void {
    this.#targetGroup(targetGroupArn).register(target);
  }

  /** Resolves when the target has left: its requests are done, or the deregistration delay is over. Throws `TARGET_UNKNOWN`. */
  deregisterTarget(targetGroupArn: string, id: string): Promise<void> {
    return this.#targetGroup(targetGroupArn).deregister(id);
  }

  /** As DescribeTargetHealth. Throws `TARGET_UNKNOWN`. */
  targetHealth(targetGroupArn: string): readonly TargetHealth[] {
    return this.#targetGroup(targetGroupArn).health();
  }

  async #serve(atWork: ListenerAtWork, exchange: Exchange): Promise<void> {
    const received = this.#seen(describeRequest(exchange.request));
    const served = await this.#handle(atWork, exchange, received).catch((error: unknown): Served => {
      this.#warn(error);
      return answered(exchange, errorAnswer(500, 'AuthUnhandledException'), 'none');
    });
    const { clientAddress, host, method, path } = received;
    this.emit('access', {
      listenerPort: atWork.server?.port ?? 0,
      clientAddress,
      method,
      host,
      path,
      ...served,
    });
  }

  #seen(received: ReceivedRequest): ReceivedRequest {
    const { loopbackClient } = this.#options;
    const isLoopback = /^(127\.|::1$)/.test(received.clientAddress);
    return loopbackClient !== undefined && isLoopback
      ? { ...received, clientAddress: loopbackClient }
      : received;
  }

  async #handle(atWork: ListenerAtWork, exchange: Exchange, received: ReceivedRequest): Promise<Served> {
    const { listener, authenticators } = atWork;
    const refused = refusal(received);
    if (refused) return answered(exchange, refused, 'none');
    if (authenticators.size > 0 && received.path === callbackPath) {
      return answered(
        exchange,
        await finishLogin([...authenticators.values()], this.#seal, received),
        'none',
      );
    }
    const { headers } = exchange.request;
    const rule = selectRule(listener.rules, {
      ...received,
      headers,
      host: this.#dnsName(received),
      sourceIp: received.clientAddress,
    });
    const handling = rule ?? listener.otherwise;
    const priority = rule?.priority ?? 'default';
    const authenticator = authenticators.get(handling);
    const verdict = await authenticator?.check(received);
    if (verdict?.kind === 'answer') return answered(exchange, verdict.answer, priority);
    const { route } = handling;
    if (route.kind === 'redirect' || route.kind === 'fixed-response') {
      return answered(exchange, this.#ownAnswer(route, atWork, received), priority);
    }
    const target = pickByWeight(
      route.targetGroups.map(({ arn, weight }) => [this.#targetGroup(arn), weight]),
    )?.next();
    if (!target) return answered(exchange, errorAnswer(503), priority);
    const forwarded = await forward(exchange, target, {
      path: received.target,
      headers: this.#headersFor(atWork, received, verdict, authenticator),
      setCookies: verdict?.kind === 'user' ? verdict.setCookies : [],
      idleTimeoutSeconds: this.#attributes.idleTimeoutSeconds,
    });
    return { ...forwarded, rule: priority, targetId: target.description.id };
  }

  #headersFor(
    { listener, server }: ListenerAtWork,
    received: ReceivedRequest,
    verdict: Verdict | undefined,
    authenticator: Authenticator | undefined,
  ): HeaderList {
    const forwarded = forwardedHeaders(
      {
        ...received,
        protocol: listener.protocol === 'HTTPS' ? 'https' : 'http',
        listenerPort: server?.port ?? 0,
      },
      this.#attributes,
    );
    // AWS does not say what becomes of a client's own x-amzn-oidc-* where no action authenticates: they pass.
    if (!verdict || !authenticator) return forwarded;
    const cleaned = forwarded.filter(([name]) => !name.toLowerCase().startsWith('x-amzn-oidc-'));
    return verdict.kind === 'user'
      ? [...cleaned, ...verdict.headers]
      : withoutSession(cleaned, received, authenticator);
  }

  #ownAnswer(
    route: Exclude<Route, { kind: 'forward' }>,
    atWork: ListenerAtWork,
    received: ReceivedRequest,
  ): Answer {
    if (route.kind === 'fixed-response') {
      const { ContentType, MessageBody, StatusCode } = route;
      return { status: Number(StatusCode), headers: [['Content-Type', ContentType]], body: MessageBody };
    }
    const requested = {
      protocol: atWork.listener.protocol === 'HTTPS' ? 'https' : 'http',
      host: received.hostname,
      port: atWork.server?.port ?? 0,
      path: received.path,
      query: received.query,
    } as const;
    const location = redirectLocation(route, requested, (declared) => this.#localPort(declared));
    return redirectAnswer(route.StatusCode === 'HTTP_301' ? 301 : 302, location);
  }

  #localPort(declared: number): number {
    return (
      this.#listeners.find(({ listener }) => listener.declaredPort === declared)?.server?.port ?? declared
    );
  }

  #dnsName({ host, hostname }: ReceivedRequest): string {
    const aliases = this.#options.hostAliases ?? {};
    return (aliases[host.toLowerCase()] ?? aliases[hostname] ?? hostname).toLowerCase();
  }

  #targetGroup(arn: string): TargetGroup {
    const group = this.#targetGroups.get(arn);
    if (!group) throw new StandInError('TARGET_UNKNOWN', `There is no target group ${arn}.`);
    return group;
  }

  #targetGroupOf(arn: string, properties: unknown): TargetGroup {
    return new TargetGroup(arn, parseProperties(TargetGroupProperties, properties, `target group ${arn}`), {
      connect: this.#options.connect ?? directly,
      idleTimeoutSeconds: this.#attributes.idleTimeoutSeconds,
      healthCheckPace: this.#options.healthCheckPace ?? 1,
      onHealth: (health) => this.emit('targetHealth', { ...health, targetGroupArn: arn }),
    });
  }

  #assertTargetGroups(route: Route): void {
    if (route.kind === 'forward') for (const { arn } of route.targetGroups) this.#targetGroup(arn);
  }

  #authenticatorsOf(handlings: readonly Handling[]): ReadonlyMap<Handling, Authenticator> {
    const { trustedCertificate, userPools = {} } = this.#options;
    const fetch = trustedCertificate === undefined ? undefined : trustingFetch(trustedCertificate);
    return new Map(
      handlings.flatMap((handling): [Handling, Authenticator][] => {
        const { authentication } = handling;
        if (!authentication) return [];
        const provider = new IdentityProvider(authentication, userPools, fetch);
        return [[handling, new Authenticator(authentication, provider, this.#seal, this.#signer)]];
      }),
    );
  }

  #warn(error: unknown): void {
    process.emitWarning(error instanceof Error ? error : String(error), 'LoadBalancerWarning');
  }
}

type Served = Pick<AccessRecord, 'rule' | 'targetId' | 'errorReason'> & Forwarded;

function answered(exchange: Exchange, own: Answer, rule: AccessRecord['rule']): Served {
  answer(exchange, own);
  const { errorReason, status } = own;
  return { status, rule, ...(errorReason === undefined ? {} : { errorReason }) };
}

/** A cookie that did not open is not shown to a target as if it had. */
function withoutSession(
  headers: HeaderList,
  { cookies }: ReceivedRequest,
  { cookieName }: Authenticator,
): HeaderList {
  const names = shardNames(cookieName);
  const kept = [...cookies]
    .filter(([name]) => !names.includes(name))
    .map(([name, value]) => `${name}=${value}`);
  const others = headers.filter(([name]) => name.toLowerCase() !== 'cookie');
  return kept.length === 0 ? others : [...others, ['Cookie', kept.join('; ')]];
}

function pickByWeight<T>(choices: readonly (readonly [T, number])[]): T | undefined {
  const total = choices.reduce((sum, [, weight]) => sum + weight, 0);
  let at = Math.random() * total;
  return choices.find(([, weight]) => (at -= weight) < 0)?.[0];
}

function attributesOf(declared: unknown): LoadBalancerAttributes {
  const list = parseProperties(attributeList, declared, 'load balancer attributes');
  const named = Object.fromEntries(list.map(({ Key, Value }) => [Key, Value]));
  return parseProperties(LoadBalancerAttributes, named, 'load balancer attributes');
}
