/** The pages of the user pool's domain. They work without scripts. */
import type { Challenge } from './challenges.ts';
import type { UserPoolProperties } from './shapes.ts';

export const stylesheetPath = '/assets/sign-in.css';

export interface SignInPage {
  /** Proves that the form came from this page. */
  readonly csrf: string;
  readonly username: string;
  readonly problem?: string;
  /** Ways in by providers of others. */
  readonly providers: readonly { readonly name: string; readonly address: string }[];
  /** Whether the pool's own people may come in here. */
  readonly own: boolean;
}

/** Sent with every page: it loads nothing from elsewhere, runs nothing and cannot be framed. */
export const pageHeaders = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
  'Content-Type': 'text/html; charset=utf-8',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
} as const;

export function signInPage(
  { csrf, username, problem, providers, own }: SignInPage,
  pool: UserPoolProperties,
): string {
  const label = pool.UsernameAttributes.includes('email') ? 'Email' : 'Username';
  const alert =
    problem === undefined ? '' : `<p class="problem" id="problem" role="alert">${escape(problem)}</p>`;
  const described = problem === undefined ? '' : ' aria-invalid="true" aria-describedby="problem"';
  // Who has typed the name already goes on with the password.
  const [nameFocus, passwordFocus] = username === '' ? [' autofocus', ''] : ['', ' autofocus'];
  const ways = providers
    .map(
      ({ name, address }) =>
        `<a class="provider" href="${escape(address)}">Continue with ${escape(name)}</a>`,
    )
    .join('\n      ');
  const form = `<form method="post">
        <input type="hidden" name="_csrf" value="${escape(csrf)}">
        ${alert}
        <label for="username">${label}</label>
        <input id="username" name="username" value="${escape(username)}" autocomplete="username" autocapitalize="none"
          spellcheck="false" required${nameFocus}${described}>
        <label for="password">Password</label>
        <input id="password" name="password" type="password" autocomplete="current-password" required${passwordFocus}${described}>
        <button type="submit">Sign in</button>
      </form>`;
  return page('Sign in', own ? `${ways}${form}` : ways);
}

/** Asks for one thing more. */
export interface ChallengePage {
  readonly csrf: string;
  readonly challenge: Challenge;
  /** Of the authenticator that is set up: what the app wants typed, and its address. */
  readonly authenticator?: { readonly secret: string; readonly address: string };
  readonly problem?: string;
}

export function challengePage({ csrf, challenge, authenticator, problem }: ChallengePage): string {
  const alert =
    problem === undefined ? '' : `<p class="problem" id="problem" role="alert">${escape(problem)}</p>`;
  const described = problem === undefined ? '' : ' aria-invalid="true" aria-describedby="problem"';
  const code = `<label for="code">Code of your authenticator app</label>
        <input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" required autofocus${described}>`;
  const setUp =
    authenticator === undefined
      ? ''
      : `<p>Add an account to your authenticator app, by <a href="${escape(authenticator.address)}">this link</a> or with this key:</p>
        <p class="detail" id="secret">${escape(authenticator.secret)}</p>`;
  const asked = {
    'new-password': `<label for="password">New password</label>
        <input id="password" name="password" type="password" autocomplete="new-password" required autofocus${described}>
        <label for="again">New password again</label>
        <input id="again" name="again" type="password" autocomplete="new-password" required${described}>`,
    'mfa-setup': `${setUp}${code}`,
    mfa: code,
  };
  return page(
    challengeTitles[challenge],
    `<form method="post">
        <input type="hidden" name="_csrf" value="${escape(csrf)}">
        <input type="hidden" name="challenge" value="${challenge}">
        ${alert}
        ${asked[challenge]}
        <button type="submit">Continue</button>
      </form>`,
  );
}

const challengeTitles = {
  'new-password': 'Change password',
  'mfa-setup': 'Set up an authenticator app',
  mfa: 'Sign in with your authenticator app',
} as const;

/** What Cognito shows when a request to the domain cannot be served and must not be sent back to its client. */
export function errorPage(error: string): string {
  return page(
    'Error',
    `<p role="alert">An error was encountered with the requested page.</p>
      <p class="detail">${escape(error)}</p>`,
  );
}

function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>${title}</title>
    <link rel="stylesheet" href="${stylesheetPath}">
  </head>
  <body>
    <main>
      <svg viewBox="0 0 24 24" width="36" height="36" aria-hidden="true">
        <path d="M12 2.5a2.6 2.6 0 0 0-1 5V10H8v2h3v7.4A6.6 6.6 0 0 1 5.7 14l1.6.4L5 10l-2.6 4 1.4-.3A8.6 8.6 0 0 0 12 21.5a8.6 8.6 0 0 0 8.2-7.8l1.4.3L19 10l-2.3 4.4 1.6-.4a6.6 6.6 0 0 1-5.3 5.4V12h3v-2h-3V7.5a2.6 2.6 0 0 0-1-5Z"/>
      </svg>
      <h1>${title}</h1>
      ${content}
    </main>
    <footer>A stand-in for Amazon Cognito on this machine</footer>
  </body>
</html>
`;
}

export const stylesheet = `:root {
  color-scheme: light dark;
  --ground: light-dark(#eef2f5, #10161b);
  --surface: light-dark(#ffffff, #19222a);
  --text: light-dark(#16222c, #e8eef3);
  --muted: light-dark(#566673, #9db0bf);
  --line: light-dark(#8496a4, #6b8091);
  --accent: light-dark(#0b5c7a, #58c0e4);
  --on-accent: light-dark(#ffffff, #06202b);
  --problem: light-dark(#9b1c1c, #ffb4ab);
  --problem-ground: light-dark(#fdecea, #3b1a18);
}
* { box-sizing: border-box; }
body {
  margin: 0;
  min-height: 100vh;
  display: grid;
  grid-template-rows: 1fr auto;
  justify-items: center;
  align-items: center;
  background: var(--ground);
  color: var(--text);
  font: 16px/1.5 system-ui, sans-serif;
}
main {
  width: min(24rem, 100vw - 2rem);
  margin: 2rem 0;
  padding: 2.25rem 2rem 2.5rem;
  background: var(--surface);
  border-radius: 14px;
  box-shadow: 0 1px 2px rgb(0 0 0 / 12%), 0 12px 32px rgb(0 0 0 / 10%);
}
svg { display: block; fill: var(--accent); }
h1 { margin: 0.75rem 0 1.5rem; font-size: 1.5rem; font-weight: 650; letter-spacing: -0.01em; }
label { display: block; margin: 1rem 0 0.35rem; font-weight: 550; font-size: 0.925rem; }
input:not([type='hidden']) {
  width: 100%;
  padding: 0.65rem 0.75rem;
  font: inherit;
  color: inherit;
  background: transparent;
  border: 1px solid var(--line);
  border-radius: 8px;
}
button, .provider {
  display: block;
  box-sizing: border-box;
  text-align: center;
  text-decoration: none;
  width: 100%;
  margin-top: 1.75rem;
  padding: 0.75rem;
  font: inherit;
  font-weight: 600;
  color: var(--on-accent);
  background: var(--accent);
  border: 0;
  border-radius: 8px;
  cursor: pointer;
}
button:hover, .provider:hover { filter: brightness(1.08); }
:is(input, button, a):focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.problem {
  margin: 0;
  padding: 0.65rem 0.8rem;
  color: var(--problem);
  background: var(--problem-ground);
  border-radius: 8px;
  font-size: 0.925rem;
}
a { color: var(--accent); }
.detail { overflow-wrap: anywhere; color: var(--muted); font-family: ui-monospace, monospace; font-size: 0.875rem; }
footer { padding: 0 1rem 1.25rem; color: var(--muted); font-size: 0.8125rem; text-align: center; }
`;

function escape(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}
