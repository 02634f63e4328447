/**
 * Elastic Load Balancing, "Redirect actions": the parts of the URL that a redirect keeps
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html#redirect-actions)
 */
import type { RedirectConfig } from './shapes.ts';

export interface RequestedUrl {
  readonly protocol: 'http' | 'https';
  readonly host: string;
  readonly port: number;
  /** Starts with `/`. */
  readonly path: string;
  /** Without the `?`. */
  readonly query: string;
}

/** The Location of a redirect. `localPort` says where a port of the template is found on this machine. */
export function redirectLocation(
  config: RedirectConfig,
  requested: RequestedUrl,
  localPort: (declared: number) => number,
): string {
  const expand = (text: string) =>
    text
      .replaceAll('#{protocol}', requested.protocol)
      .replaceAll('#{host}', requested.host)
      .replaceAll('#{port}', String(requested.port))
      // The keyword stands for the path without its leading slash: the default is "/#{path}".
      .replaceAll('#{path}', requested.path.slice(1))
      .replaceAll('#{query}', requested.query);
  const protocol = expand(config.Protocol).toLowerCase();
  const port = config.Port === '#{port}' ? requested.port : localPort(Number(config.Port));
  const query = expand(config.Query);
  return `${protocol}://${expand(config.Host)}:${port}${expand(config.Path)}${query === '' ? '' : `?${query}`}`;
}
