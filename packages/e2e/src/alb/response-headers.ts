/**
 * The response headers that a listener sets, whoever answers.
 *
 * Elastic Load Balancing, "HTTP header modification for your Application Load Balancer": added to all responses, in place
 * of what the target said; an empty value changes nothing; at most 1 KB of the listed characters
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/header-modification.html)
 */
import { StandInError } from '../errors.ts';
import type { HeaderList } from './forwarded-headers.ts';

export interface ResponseHeaders {
  readonly set: HeaderList;
  /** Whether answers of the load balancer itself say `Server: awselb/2.0`. */
  readonly namesServer: boolean;
}

interface Attribute {
  readonly Key: string;
  readonly Value: string;
}

const serverAttribute = 'routing.http.response.server.enabled';

const settable = [
  'Strict-Transport-Security',
  'Access-Control-Allow-Origin',
  'Access-Control-Allow-Methods',
  'Access-Control-Allow-Headers',
  'Access-Control-Allow-Credentials',
  'Access-Control-Expose-Headers',
  'Access-Control-Max-Age',
  'Content-Security-Policy',
  'X-Content-Type-Options',
  'X-Frame-Options',
];

const headerByAttribute = new Map(
  settable.map((header) => [
    `routing.http.response.${header.toLowerCase().replaceAll('-', '_')}.header_value`,
    header,
  ]),
);

/** Throws `TEMPLATE_UNSUPPORTED` for an attribute that is not played, `LISTENER_INVALID` for a value that AWS refuses. */
export function responseHeadersOf(attributes: readonly Attribute[], where: string): ResponseHeaders {
  let namesServer = true;
  const set: (readonly [string, string])[] = [];
  for (const { Key, Value } of attributes) {
    const header = headerByAttribute.get(Key);
    if (Key === serverAttribute) namesServer = Value !== 'false';
    else if (header === undefined) {
      throw new StandInError(
        'TEMPLATE_UNSUPPORTED',
        `The ${where} has the attribute ${Key}, which the load balancer stand-in does not play. ` +
          `It plays ${[serverAttribute, ...headerByAttribute.keys()].join(', ')}.`,
      );
    } else if (!/^[\w :;.,\\/'?!(){}[\]@<>=\-+*#&`|~^%]{0,1024}$/.test(Value)) {
      throw new StandInError(
        'LISTENER_INVALID',
        `The load balancer cannot serve the ${where}: the value of ${Key} has characters that AWS does not take, or more than 1024.`,
      );
    } else if (Value !== '') set.push([header, Value]);
  }
  return { set, namesServer };
}

/** What a target or the load balancer answers, with what the listener sets. */
export function withResponseHeaders(headers: HeaderList, { set }: ResponseHeaders): HeaderList {
  const replaced = new Set(set.map(([name]) => name.toLowerCase()));
  return [...headers.filter(([name]) => !replaced.has(name.toLowerCase())), ...set];
}

/**
 * The same for a name that all programs of this machine share, such as `localhost`: browsers keep the policy by name, for
 * every port, so that a year of HTTPS would shut people out of whatever else they run there. Zero seconds is no policy
 * (RFC 6797, section 6.1.1, https://www.rfc-editor.org/rfc/rfc6797#section-6.1.1).
 */
export function onSharedName({ set, namesServer }: ResponseHeaders): ResponseHeaders {
  return {
    set: set.map(([name, value]) => [name, name === 'Strict-Transport-Security' ? 'max-age=0' : value]),
    namesServer,
  };
}
