import { randomBytes } from 'node:crypto';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider } from 'oidc-provider';
import type { Certificate } from '../../src/tls/index.ts';

/** Somebody as the directory of a company knows them. */
export interface Employee {
  readonly sub: string;
  readonly email: string;
  readonly name: string;
  readonly groups: readonly string[];
}

/** An OpenID provider of others: oidc-provider, whose only person is whoever sits at its page. */
export class CompanyDirectory implements AsyncDisposable {
  readonly issuer: string;
  readonly clientId = 'pool';
  readonly clientSecret = randomBytes(16).toString('hex');
  /** Who signs in next; nobody: the sign-in is refused. */
  employee: Employee | undefined;
  readonly #server: ReturnType<typeof createServer>;

  private constructor(server: ReturnType<typeof createServer>, callback: string, key: object) {
    this.#server = server;
    this.issuer = `https://localhost:${(server.address() as AddressInfo).port}`;
    const provider = new Provider(this.issuer, {
      claims: { openid: ['sub'], email: ['email'], profile: ['name', 'groups'] },
      clients: [
        {
          client_id: this.clientId,
          client_secret: this.clientSecret,
          redirect_uris: [callback],
          response_types: ['code'],
        },
      ],
      cookies: { keys: [randomBytes(16).toString('hex')] },
      features: { devInteractions: { enabled: false } },
      findAccount: (_ctx, sub) => ({
        accountId: sub,
        claims: () => ({ ...this.employee, sub, groups: [...(this.employee?.groups ?? [])] }),
      }),
      interactions: { url: (_ctx, { uid }) => `/desk/${uid}` },
      jwks: { keys: [key] },
      loadExistingGrant: async (ctx) => {
        const { client, session } = ctx.oidc;
        const grant = new ctx.oidc.provider.Grant({
          clientId: client?.clientId ?? '',
          accountId: session?.accountId ?? '',
        });
        grant.addOIDCScope('openid email profile');
        await grant.save();
        return grant;
      },
    });
    provider.use(async (ctx, next) => {
      if (!ctx.path.startsWith('/desk/')) return next();
      ctx.respond = false;
      const result = this.employee
        ? { login: { accountId: this.employee.sub, remember: false } }
        : { error: 'access_denied' };
      return provider.interactionFinished(ctx.req, ctx.res, result);
    });
    const handle = provider.callback();
    server.on('request', (request, response) => void handle(request, response));
  }

  /** @param callback where the pool takes people back */
  static async open(callback: string, certificate: Certificate): Promise<CompanyDirectory> {
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    const server = createServer({ cert: certificate.cert, key: certificate.key });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const key = { ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: 'one' };
    return new CompanyDirectory(server, callback, key);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}
