import { trustingFetch } from '../../src/tls/index.ts';

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly host: string;
  readonly path: string;
}

export interface Page {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Follows redirects and keeps cookies as a browser does: by host and path, whatever the port. */
export class Browser {
  readonly #fetch: ReturnType<typeof trustingFetch>;
  cookies: readonly Cookie[] = [];

  constructor(cert: string) {
    this.#fetch = trustingFetch(cert);
  }

  /** One request, no redirect followed. */
  async request(url: string, init: RequestInit = {}): Promise<Page> {
    const headers = new Headers(init.headers);
    const cookie = this.cookieHeader(url);
    if (cookie !== '') headers.set('cookie', cookie);
    const response = await this.#fetch(url, { ...init, headers });
    this.#keep(new URL(url), response.headers.getSetCookie());
    return { url, status: response.status, headers: response.headers, text: await response.text() };
  }

  async open(url: string, init: RequestInit = {}): Promise<Page> {
    let page = await this.request(url, init);
    for (let count = 0; count < 12 && page.status >= 301 && page.status <= 303; count += 1) {
      page = await this.request(new URL(page.headers.get('location') ?? '', page.url).href);
    }
    return page;
  }

  /** Fills in the form of a sign-in page and sends it. */
  signIn(page: Page, username: string, password: string): Promise<Page> {
    return this.submit(page, { username, password });
  }

  /** Sends the form of a page with what it hides and what is filled in. */
  submit(page: Page, fields: Readonly<Record<string, string>>): Promise<Page> {
    const hidden = [...page.text.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)];
    const form = {
      ...Object.fromEntries(hidden.map(([, name = '', value = '']) => [name, value])),
      ...fields,
    };
    return this.open(page.url, { method: 'POST', body: new URLSearchParams(form) });
  }

  cookieHeader(url: string): string {
    const { hostname, pathname } = new URL(url);
    return this.cookies
      .filter(({ host, path }) => host === hostname && pathname.startsWith(path))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
  }

  #keep({ hostname, pathname }: URL, set: readonly string[]): void {
    for (const line of set) {
      const [pair = '', ...attributes] = line.split(/; ?/);
      const at = pair.indexOf('=');
      const attribute = (wanted: string) =>
        attributes.find((each) => each.toLowerCase().startsWith(`${wanted}=`))?.slice(wanted.length + 1);
      const name = pair.slice(0, at);
      const path = attribute('path') ?? pathname.replace(/[^/]*$/, '');
      this.cookies = this.cookies.filter(
        (kept) => kept.name !== name || kept.host !== hostname || kept.path !== path,
      );
      const expires = attribute('expires');
      if (expires !== undefined && Date.parse(expires) <= Date.now()) continue;
      this.cookies = [...this.cookies, { name, value: pair.slice(at + 1), host: hostname, path }];
    }
  }
}
