import type { Template } from '../src/index.ts';
import { resourcesOf } from './example-pod.ts';

interface Action {
  readonly Type: string;
  readonly Order?: number;
  readonly AuthenticateCognitoConfig?: { readonly OnUnauthenticatedRequest?: string };
}

/** Answers that never come from the gateway. */
const closed = new Set(['fixed-response', 'redirect']);

/**
 * Every way in a template that could lead to the gateway without a login: actions of listeners and of rules that
 * forward, or do something unknown, without an authentication before it that lets nobody through.
 */
export function unauthenticatedWays(template: Template): string[] {
  const ways = [
    ...resourcesOf(template, 'AWS::ElasticLoadBalancingV2::Listener').map(([id, { Properties }]) => ({
      id,
      actions: Properties?.['DefaultActions'] as readonly Action[],
    })),
    ...resourcesOf(template, 'AWS::ElasticLoadBalancingV2::ListenerRule').map(([id, { Properties }]) => ({
      id,
      actions: Properties?.['Actions'] as readonly Action[],
    })),
  ];
  return ways.flatMap(({ id, actions }) => {
    const ordered = actions.toSorted((a, b) => (a.Order ?? 0) - (b.Order ?? 0));
    const login = ordered.findIndex(
      ({ Type, AuthenticateCognitoConfig }) =>
        Type === 'authenticate-cognito' &&
        ['authenticate', 'deny'].includes(
          AuthenticateCognitoConfig?.OnUnauthenticatedRequest ?? 'authenticate',
        ),
    );
    return ordered
      .filter(({ Type }, index) => {
        if (closed.has(Type) || index === login) return false;
        return !(Type === 'forward' && login !== -1 && index > login);
      })
      .map(({ Type }) => `${id}: ${Type}`);
  });
}
