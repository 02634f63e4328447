import { createServer, type Server } from 'node:http';
import { connect, isIP } from 'node:net';
import { pipeline } from 'node:stream';
import { isAllowed } from './names.ts';
import { isPublic } from './public-address.ts';

export interface ProxyOptions {
  /** As {@link isAllowed} takes them. */
  readonly allowed: readonly string[];
  /** All addresses of a name. @throws Error of DNS */
  readonly resolve: (name: string) => Promise<readonly string[]>;
  /** Whether an address may be what a name stands for. Default: one of the internet. */
  readonly mayBe?: (address: string) => boolean;
  /** Ports that are reached. Default: that of HTTPS. */
  readonly ports?: readonly number[];
  /** Says of each request that was refused whom it was for and why. */
  readonly refused: (target: string, why: string) => void;
}

const connectMilliseconds = 15_000;

/**
 * An HTTP proxy for tunnels (RFC 9110, CONNECT) to names of a list, and to nothing else. It connects to the very address that it
 * has looked at: a name that changes in between leads nowhere else.
 */
export function egressProxy(options: ProxyOptions): Server {
  const { refused } = options;
  const server = createServer((request, response) => {
    const why = 'only HTTPS leaves this pod (network.egress)';
    refused(`${request.method} ${hostOf(request.url)}`, why);
    request.resume();
    response.writeHead(403, { 'content-type': 'text/plain', connection: 'close' }).end(`${why}\n`);
  });
  server.on('connect', (request, client, head) => {
    // A client that goes away, whenever it does, is no error of the proxy.
    client.on('error', () => client.destroy());
    const target = request.url ?? '';
    const refuse = (status: string, why: string): void => {
      refused(target, why);
      client.end(
        `HTTP/1.1 ${status}\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: ${why.length + 1}\r\n\r\n${why}\n`,
      );
    };
    void (async () => {
      const verdict = await addressOf(target, options);
      if ('why' in verdict) return refuse(verdict.status, verdict.why);
      if (client.destroyed) return;
      const upstream = connect({ host: verdict.address, port: verdict.port, timeout: connectMilliseconds });
      const failed = (): void => {
        upstream.destroy();
        refuse('502 Bad Gateway', 'it does not answer');
      };
      upstream.once('error', failed).once('timeout', failed);
      client.once('close', () => upstream.destroy());
      upstream.once('connect', () => {
        upstream.setTimeout(0).off('error', failed).off('timeout', failed);
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        if (head.length > 0) upstream.write(head);
        pipeline(client, upstream, client, () => {
          client.destroy();
          upstream.destroy();
        });
      });
    })();
  });
  return server;
}

type Verdict =
  { readonly address: string; readonly port: number } | { readonly status: string; readonly why: string };

async function addressOf(target: string, options: ProxyOptions): Promise<Verdict> {
  const { allowed, resolve, mayBe = isPublic, ports = [443] } = options;
  const no = (why: string): Verdict => ({ status: '403 Forbidden', why });
  const [, host = '', port = ''] = /^([a-z0-9._-]+):(\d{1,5})$/i.exec(target) ?? [];
  if (host === '' || isIP(host) !== 0) return no('it is reached by a host name only (network.egress)');
  if (!isAllowed(host, allowed)) return no('it is not among the names of network.egress');
  if (!ports.includes(Number(port))) return no('only port 443 is reached (network.egress)');
  let addresses: readonly string[];
  try {
    addresses = await resolve(host);
  } catch {
    return { status: '502 Bad Gateway', why: 'its name is not known' };
  }
  // One that is not: the name is somebody's who wants in.
  if (!addresses.every(mayBe)) return no('its name stands for an address that is not of the internet');
  const [address] = addresses;
  return address === undefined
    ? { status: '502 Bad Gateway', why: 'its name has no address' }
    : { address, port: Number(port) };
}

/** Without path and query, which may hold what nobody else is to read. */
function hostOf(url: string | undefined): string {
  return URL.canParse(url ?? '') ? new URL(url ?? '').host : '?';
}
