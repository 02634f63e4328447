/** What a browser may do with the page: send its one form home, and nothing else. No frame holds it. */
export const questionHeaders: Readonly<Record<string, string>> = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action https:; base-uri 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'same-origin',
};

/** The page for who was sent here by somebody else, or by a browser that does not say. */
export const question = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Sign out</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
  body { margin: 20vh auto; max-width: 24rem; padding: 0 1rem; text-align: center }
  button { font: inherit; padding: .5rem 1.5rem }
</style>
<h1>Sign out?</h1>
<p>You are signed in here.</p>
<form method="post"><button>Sign out</button></form>
<p><a href="/">Stay</a></p>
</html>
`;
