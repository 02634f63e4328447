/**
 * What a hostile person tries, as data: it is sent to a pod by attacks.e2e.test.ts, and `npx projen security:generate` makes the
 * tables of docs/security.md of it.
 */
import type { MoreOfConnect } from '../support/gateway-client.ts';

/** Somebody who really signed in before. */
export interface Person {
  readonly sub: string;
  /** Cookie header of the load balancer's session. */
  readonly cookie: string;
  /** As the load balancer signed it for them. */
  readonly assertion: string;
  readonly accessToken: string;
}

/** What the attacker has to work with; more than any attacker would. */
export interface Scene {
  readonly host: string;
  readonly origin: string;
  readonly member: Person;
  readonly admin: Person;
  /** Signed in, and out again; the cookie was copied before. */
  readonly leaver: Person;
  /** A login that the load balancer began for somebody else's browser. */
  readonly login: { readonly state: string; readonly nonce: string };
  /** An assertion with changes of its own, signed with a key of the attacker's under whichever `kid`. */
  readonly forge: (header: object, payload: object, signature?: 'es256' | 'hs256' | 'none') => string;
}

export type Headers = readonly (readonly [name: string, value: string])[];

/** One request, written as it stands. */
export interface Http {
  readonly kind: 'http';
  readonly line: string;
  /** Default: the pod's, unless it is among the headers. */
  readonly host?: string;
  readonly headers: Headers;
  readonly body?: string;
}

/** A WebSocket and its frame `connect`, as the Control UI sends it. */
export interface Connect {
  readonly kind: 'connect';
  readonly headers: Headers;
  /** Default: the pod's. */
  readonly origin?: string;
  /** Fields of the frame that are another. */
  readonly frame?: MoreOfConnect;
  /** Asked when it is in. */
  readonly call?: readonly [method: string, parameters: object];
}

export interface Attack {
  readonly id: string;
  readonly sent: string;
  readonly hope: string;
  readonly send: (scene: Scene) => Http | Connect;
  /** The answer: a status, what a person has anyway (`granted …`), or words of the gateway's. */
  readonly refused: string;
  /** It gets to the gateway's process and is refused there. Default: the load balancer refuses it, where there is one in between. */
  readonly reachesGateway?: boolean;
}

/** A page that only people get. */
export const page = '/control-ui-config.json';

export const get = (target: string, headers: Headers = [], more: Partial<Http> = {}): Http => ({
  kind: 'http',
  line: `GET ${target}`,
  headers,
  ...more,
});

export const ask = (line: string, headers: Headers = [], more: Partial<Http> = {}): Http => ({
  kind: 'http',
  line,
  headers,
  ...more,
});

export const upgrade: Headers = [
  ['connection', 'Upgrade'],
  ['upgrade', 'websocket'],
  ['sec-websocket-version', '13'],
  ['sec-websocket-key', 'AAAAAAAAAAAAAAAAAAAAAA=='],
];

/** Attacks by WebSocket, with the same headers. @param more of each of them */
export const connecting =
  (headersOf: (scene: Scene) => Headers, more: Pick<Attack, 'reachesGateway'> = {}) =>
  (
    id: string,
    sent: string,
    hope: string,
    refused: string,
    of: (scene: Scene) => Partial<Connect>,
  ): Attack => ({
    id,
    sent,
    hope,
    send: (scene) => ({ kind: 'connect', headers: headersOf(scene), ...of(scene) }),
    refused,
    ...more,
  });
