import type { IncomingHttpHeaders } from 'node:http';

/** What is to be done with a request for the sign-out. */
export type Intent = 'sign-out' | 'ask' | 'refuse';

export interface SignOutRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
}

/**
 * Whether somebody means to sign out. The load balancer's cookie goes with requests of every site (`SameSite=None`), so the
 * cookie says nothing: a foreign page, or an image that an agent was talked into showing, must not sign anybody out.
 *
 * - A page that a person went to by a link of the pod itself, by typing or by a bookmark does it at once. The browser says so
 *   in `Sec-Fetch-*`, which no page can forge: https://www.w3.org/TR/fetch-metadata/
 * - Any other GET, also of a browser without those headers, is asked first, and a form of the pod's own origin answers.
 * - A POST counts only with an `Origin` of the pod.
 */
export function intentOf({ method, headers }: SignOutRequest, origins: readonly string[]): Intent {
  if (method === 'POST') return origins.includes(headers.origin ?? '') ? 'sign-out' : 'refuse';
  const site = headers['sec-fetch-site'];
  const isOwn = site === 'same-origin' || site === 'none';
  const isPage = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  return isOwn && isPage ? 'sign-out' : 'ask';
}
