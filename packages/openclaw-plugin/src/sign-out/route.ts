import type { IncomingMessage, ServerResponse } from 'node:http';
import { PluginError } from '../errors.ts';
import type { HttpRoute } from '../openclaw-api.ts';
import type { PluginConfig } from '../plugin-config.ts';
import type { SignedOut } from './signed-out.ts';
import { intentOf } from './intent.ts';
import { question, questionHeaders } from './question.ts';
import { expiredSessionCookies } from './session-cookies.ts';

export const signOutPath = '/clawharbor/logout';

export type SignOutConfig = NonNullable<PluginConfig['signOut']>;

/**
 * Ends both sessions of a login: the load balancer's, whose cookies only an answer of the pod can expire, and Cognito's,
 * whose logout endpoint the browser is sent to. That one sends it on to the pod, which asks for a login.
 */
export function signOutRoute(config: SignOutConfig, signedOut?: SignedOut): HttpRoute {
  return {
    path: signOutPath,
    match: 'exact',
    auth: 'gateway',
    handler(request, response) {
      if (answer(request, response, config)) signedOut?.add(request.headers);
      return true;
    },
  };
}

/** @returns whether the person is signed out */
function answer(request: IncomingMessage, response: ServerResponse, config: SignOutConfig): boolean {
  const { method = 'GET', headers } = request;
  // No cache keeps an answer that is another one for the next person.
  response.setHeader('Cache-Control', 'no-store');
  if (method !== 'GET' && method !== 'POST') {
    response.setHeader('Allow', 'GET, POST');
    refuse(response, 405, new PluginError('SIGN_OUT_METHOD', 'sign out with GET or POST.'));
    return false;
  }
  const intent = intentOf({ method, headers }, config.origins);
  if (intent === 'refuse') {
    const words = 'a page of another origin asked to sign you out. You are still signed in.';
    refuse(response, 403, new PluginError('SIGN_OUT_FOREIGN', words));
    return false;
  }
  if (intent === 'ask') {
    response.writeHead(200, questionHeaders);
    response.end(question);
    return false;
  }
  response.setHeader('Set-Cookie', expiredSessionCookies());
  // What the browser kept of the pod's pages goes too: nobody reads them with the back button.
  response.setHeader('Clear-Site-Data', '"cache"');
  // After a POST the browser goes on with GET.
  response.writeHead(303, { Location: logoutUrl(config, headers.host) });
  response.end();
  return true;
}

function refuse(response: ServerResponse, status: number, { message }: PluginError): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`${message}\n`);
}

/** Back to the name under which the person came: the cookie that has ended is of that name. */
function logoutUrl({ endpoint, clientId, origins }: SignOutConfig, host: string | undefined): string {
  const origin = origins.find((each) => new URL(each).host === host?.toLowerCase()) ?? origins[0]!;
  const url = new URL(endpoint);
  url.searchParams.set('client_id', clientId);
  url.searchParams.set('logout_uri', `${origin}/`);
  return url.href;
}
