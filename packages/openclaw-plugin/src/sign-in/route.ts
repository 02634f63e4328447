import { Server, type IncomingMessage } from 'node:http';
import { isIPv4 } from 'node:net';
import type { HttpRoute } from '../openclaw-api.ts';
import { attemptSignIn, type SignInConfig } from './attempt.ts';
import { signInPath } from './path.ts';

/** Tells this machine what becomes of whoever signs in: `{ "reason": … }` of {@link attemptSignIn}. To others it is not there. */
export function signInRoute(config: SignInConfig): HttpRoute {
  // One at a time, whoever asks.
  let attempt: Promise<string> | undefined;
  return {
    path: signInPath,
    match: 'exact',
    auth: 'plugin',
    async handler(request, response) {
      const { server } = request.socket as { server?: unknown };
      if (!isOfThisMachine(request) || !(server instanceof Server)) {
        response.writeHead(404).end();
        return true;
      }
      attempt ??= attemptSignIn(server, config).finally(() => (attempt = undefined));
      const body = JSON.stringify({ reason: await attempt });
      response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' }).end(body);
      return true;
    },
  };
}

/** The load balancer's stand-in is of this machine as well, and says for whom it speaks. */
function isOfThisMachine({ socket, headers }: IncomingMessage): boolean {
  const address = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  const isLoopback = address === '::1' || (isIPv4(address) && address.startsWith('127.'));
  return (
    isLoopback && !Object.keys(headers).some((name) => /^(x-forwarded-|forwarded$|x-real-ip$)/.test(name))
  );
}
