/**
 * Which rule of a listener a request meets.
 *
 * Elastic Load Balancing, "Listeners for your Application Load Balancers": rule priority, rule condition types
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html)
 */
import { BlockList, isIPv6 } from 'node:net';

import type { Condition } from './shapes.ts';

/** What rules look at. */
export interface RoutedRequest {
  /** The DNS name the client asked for, in lower case, without a port. */
  readonly host: string;
  readonly method: string;
  /** The path of the URL as it was sent, without the query. */
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The address of the client's end of the connection. */
  readonly sourceIp: string;
}

export interface ConditionedRule {
  readonly priority: number;
  readonly conditions: readonly Condition[];
}

/** The rule with the lowest priority number whose conditions are all met. */
export function selectRule<R extends ConditionedRule>(
  rules: readonly R[],
  request: RoutedRequest,
): R | undefined {
  return rules
    .toSorted((a, b) => a.priority - b.priority)
    .find(({ conditions }) => conditions.every((condition) => meets(request, condition)));
}

function meets(request: RoutedRequest, condition: Condition): boolean {
  switch (condition.Field) {
    case 'host-header':
      return condition.HostHeaderConfig.Values.some((value) => matches(value, request.host, 'i'));
    case 'path-pattern':
      return condition.PathPatternConfig.Values.some((value) => matches(value, request.path));
    case 'http-request-method':
      return condition.HttpRequestMethodConfig.Values.includes(request.method);
    case 'http-header': {
      const { HttpHeaderName, Values } = condition.HttpHeaderConfig;
      const sent = [request.headers[HttpHeaderName.toLowerCase()] ?? []].flat();
      return Values.some((value) => sent.some((header) => matches(value, header, 'i')));
    }
    case 'query-string': {
      const sent = [...new URLSearchParams(request.query)];
      return condition.QueryStringConfig.Values.some(({ Key, Value }) =>
        sent.some(
          ([key, value]) => (Key === undefined || matches(Key, key, 'i')) && matches(Value, value, 'i'),
        ),
      );
    }
    default:
      return condition.SourceIpConfig.Values.some((cidr) => contains(cidr, request.sourceIp));
  }
}

/** `*` stands for any number of characters, `?` for exactly one. */
function matches(pattern: string, text: string, flags = ''): boolean {
  const source = pattern.replaceAll(/[.*+?^${}()|[\]\\]/g, (sign) =>
    sign === '*' ? '.*' : sign === '?' ? '.' : `\\${sign}`,
  );
  return new RegExp(`^${source}$`, `s${flags}`).test(text);
}

function contains(cidr: string, address: string): boolean {
  const [network = '', prefix = ''] = cidr.split('/');
  const list = new BlockList();
  list.addSubnet(network, Number(prefix), isIPv6(network) ? 'ipv6' : 'ipv4');
  return list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
