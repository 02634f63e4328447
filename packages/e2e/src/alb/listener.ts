/**
 * A listener of the template, checked the way Elastic Load Balancing checks it when it is created, in the form in
 * which requests are served.
 *
 * Elastic Load Balancing API Reference, CreateListener and CreateRule: at most one action of each routing kind, which
 * is performed last; authenticate actions on HTTPS listeners only; a priority is used once
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html)
 */
import * as z from 'zod';

import { StandInError } from '../errors.ts';
import {
  type Action,
  type AuthenticateCognitoConfig,
  type AuthenticateOidcConfig,
  type Condition,
  type FixedResponseConfig,
  ListenerProperties,
  ListenerRuleProperties,
  type RedirectConfig,
} from './shapes.ts';
import { type ResponseHeaders, responseHeadersOf } from './response-headers.ts';

export type Authentication =
  | ({ readonly kind: 'cognito' } & AuthenticateCognitoConfig)
  | ({ readonly kind: 'oidc' } & AuthenticateOidcConfig);

export type Route =
  | {
      readonly kind: 'forward';
      readonly targetGroups: readonly { readonly arn: string; readonly weight: number }[];
    }
  | ({ readonly kind: 'redirect' } & RedirectConfig)
  | ({ readonly kind: 'fixed-response' } & FixedResponseConfig);

/** What is done with a request: perhaps authenticate it, then exactly one way on. */
export interface Handling {
  readonly authentication?: Authentication;
  readonly route: Route;
}

export interface Rule extends Handling {
  readonly priority: number;
  readonly conditions: readonly Condition[];
}

export interface Listener {
  /** The port in the template, which `#{port}` and redirects speak of. */
  readonly declaredPort: number;
  readonly protocol: 'HTTP' | 'HTTPS';
  readonly rules: readonly Rule[];
  readonly otherwise: Handling;
  readonly responseHeaders: ResponseHeaders;
}

/**
 * Throws `LISTENER_INVALID` with the place in the template where AWS would refuse it, `TEMPLATE_UNSUPPORTED` with an
 * attribute that is not played.
 */
export function parseListener(properties: unknown, rules: readonly unknown[]): Listener {
  const { DefaultActions, ListenerAttributes, Port, Protocol } = parseProperties(
    ListenerProperties,
    properties,
    'listener',
  );
  const where = `listener ${Protocol}:${Port}`;
  const parsed = rules.map((rule) => parseProperties(ListenerRuleProperties, rule, `rule of ${where}`));
  const priorities = parsed.map(({ Priority }) => Priority);
  const twice = priorities.find((priority, index) => priorities.indexOf(priority) !== index);
  if (twice !== undefined) throw invalid(where, `two rules have priority ${twice}; give one of them another`);
  return {
    declaredPort: Port,
    protocol: Protocol,
    responseHeaders: responseHeadersOf(ListenerAttributes, where),
    otherwise: handling(DefaultActions, Protocol, `${where}, default action`),
    rules: parsed.map(({ Actions, Conditions, Priority }) => ({
      ...handling(Actions, Protocol, `${where}, rule ${Priority}`),
      priority: Priority,
      conditions: Conditions,
    })),
  };
}

export function parseProperties<S extends z.ZodType>(
  schema: S,
  properties: unknown,
  where: string,
): z.output<S> {
  const parsed = schema.safeParse(properties);
  if (!parsed.success) throw invalid(where, z.prettifyError(parsed.error));
  return parsed.data;
}

function handling(actions: readonly Action[], protocol: string, where: string): Handling {
  if (actions.length > 1 && actions.some(({ Order }) => Order === undefined)) {
    throw invalid(where, 'more than one action and one without Order; number them');
  }
  const ordered = actions.toSorted((a, b) => (a.Order ?? 1) - (b.Order ?? 1));
  const last = ordered.pop();
  const [first, ...others] = ordered;
  const route = last && routeOf(last);
  if (!route) throw invalid(where, 'the last action must be forward, redirect or fixed-response');
  if (others.length > 0) throw invalid(where, 'more than one action before the routing action');
  if (!first) return { route };
  const authentication = authenticationOf(first);
  if (!authentication) throw invalid(where, `${first.Type} can only be the last action`);
  if (protocol !== 'HTTPS') throw invalid(where, 'only an HTTPS listener can authenticate users');
  return { authentication, route };
}

function authenticationOf(action: Action): Authentication | undefined {
  if (action.Type === 'authenticate-cognito') return { kind: 'cognito', ...action.AuthenticateCognitoConfig };
  if (action.Type === 'authenticate-oidc') return { kind: 'oidc', ...action.AuthenticateOidcConfig };
  return undefined;
}

function routeOf(action: Action): Route | undefined {
  switch (action.Type) {
    case 'redirect':
      return { kind: 'redirect', ...action.RedirectConfig };
    case 'fixed-response':
      return { kind: 'fixed-response', ...action.FixedResponseConfig };
    case 'forward': {
      const weighted = action.ForwardConfig?.TargetGroups.map(({ TargetGroupArn, Weight }) => ({
        arn: TargetGroupArn,
        weight: Weight,
      }));
      const single =
        action.TargetGroupArn === undefined ? undefined : [{ arn: action.TargetGroupArn, weight: 1 }];
      const targetGroups = weighted ?? single;
      return targetGroups && { kind: 'forward', targetGroups };
    }
    default:
      return undefined;
  }
}

function invalid(where: string, what: string): StandInError {
  return new StandInError('LISTENER_INVALID', `The load balancer cannot serve the ${where}: ${what}`);
}
