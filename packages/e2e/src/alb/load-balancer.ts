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
import { Authenticator } from './authenticator.ts';
import type { Exchange } from './exchange.ts';
import { IdentityProvider, type UserPoolEndpoints } from './identity-provider.ts';
import { type Handling, type Listener, parseListener, parseProperties } from './listener.ts';
import { openPublicKeys, openServer, type OpenServer, type ServerCertificate } from './open-server.ts';
import { onSharedName, type ResponseHeaders } from './response-headers.ts';
import { Seal } from './sealed-cookie.ts';
import { type AccessRecord, Serving } from './serving.ts';
import {
  attributeList,
  isPlayed,
  LoadBalancerAttributes,
  TargetGroupProperties,
  withoutPart,
} from './shapes.ts';
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

export interface TargetHealthEvent extends TargetHealth {
  readonly targetGroupArn: string;
}

export interface LoadBalancerEvents {
  access: [AccessRecord];
  targetHealth: [TargetHealthEvent];
}

/** Throws `LISTENER_INVALID`, `TARGET_UNKNOWN`, `TEMPLATE_UNSUPPORTED` or `USER_POOL_UNKNOWN` when AWS would not create the listeners. */
export async function startLoadBalancer(options: LoadBalancerOptions): Promise<LoadBalancer> {
  const loadBalancer = new LoadBalancer(options);
  await loadBalancer.open();
  return loadBalancer;
}

interface Listening {
  readonly listener: Listener;
  readonly serving: Serving;
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
  readonly #listeners: readonly Listening[];
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
    this.#listeners = options.listeners.map((listener) => this.#listeningOf(listener));
  }

  /** The local ports of the listeners, in their order. */
  get ports(): readonly number[] {
    return this.#listeners.map(({ server }) => server?.port ?? 0);
  }

  /** In PEM, by id. */
  get publicKeys(): ReadonlyMap<string, string> {
    return new Map([[this.#signer.keyId, this.#signer.publicKey]]);
  }

  /** Plays `https://public-keys.auth.elb.<region>.amazonaws.com`: append `/<kid>`. */
  get publicKeysUrl(): string {
    return `${this.#options.certificate ? 'https' : 'http'}://localhost:${this.#publicKeys?.port}`;
  }

  async open(): Promise<void> {
    const { certificate, publicKeysPort = 0 } = this.#options;
    const secured = certificate ? { certificate } : {};
    try {
      this.#publicKeys = await openPublicKeys(this.publicKeys, {
        host: this.#host,
        port: publicKeysPort,
        ...secured,
      });
      for (const listening of this.#listeners) {
        listening.server = await openServer({
          host: this.#host,
          port: listening.wantedPort,
          attributes: this.#attributes,
          responseHeaders: (requested) => this.#responseHeaders(listening.listener, requested),
          onExchange: (exchange) => void this.#serve(listening.serving, exchange),
          ...(listening.listener.protocol === 'HTTPS' ? secured : {}),
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

  async #serve(serving: Serving, exchange: Exchange): Promise<void> {
    this.emit('access', await serving.serve(exchange));
  }

  #responseHeaders({ responseHeaders }: Listener, requested?: string): ResponseHeaders {
    const nameOf = (host: string) => host.toLowerCase().replace(/:\d+$/, '');
    const shared = Object.keys(this.#options.hostAliases ?? {}).map(nameOf);
    const isShared = requested === undefined ? shared.length > 0 : shared.includes(nameOf(requested));
    return isShared ? onSharedName(responseHeaders) : responseHeaders;
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

  #listeningOf({ port, properties, rules }: LocalListener): Listening {
    const { certificate, hostAliases = {}, loopbackClient } = this.#options;
    const listener = parseListener(properties, rules ?? []);
    if (listener.protocol === 'HTTPS' && !certificate) {
      throw new StandInError(
        'LISTENER_INVALID',
        'An HTTPS listener needs a certificate: pass `certificate`.',
      );
    }
    const handlings = [...listener.rules, listener.otherwise];
    for (const { route } of handlings) {
      if (route.kind === 'forward') for (const { arn } of route.targetGroups) this.#targetGroup(arn);
    }
    const serving = new Serving({
      listener,
      authenticators: this.#authenticatorsOf(handlings),
      seal: this.#seal,
      attributes: this.#attributes,
      hostAliases,
      loopbackClient,
      targetGroup: (arn) => this.#targetGroup(arn),
      localPort: (declared) =>
        this.#listeners.find((other) => other.listener.declaredPort === declared)?.server?.port ?? declared,
    });
    return { listener, serving, wantedPort: port };
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
}

function attributesOf(declared: unknown): LoadBalancerAttributes {
  const list = parseProperties(attributeList, declared, 'load balancer attributes');
  const unknown = list.find(({ Key }) => !isPlayed(Key) && !withoutPart.test(Key));
  if (unknown) {
    throw new StandInError(
      'TEMPLATE_UNSUPPORTED',
      `The load balancer has the attribute ${unknown.Key}, which the stand-in does not play.`,
    );
  }
  const named = Object.fromEntries(list.map(({ Key, Value }) => [Key, Value]));
  return parseProperties(LoadBalancerAttributes, named, 'load balancer attributes');
}
