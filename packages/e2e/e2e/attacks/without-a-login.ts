import { ask, get, page, upgrade, type Attack, type Headers, type Scene } from './attack.ts';

const nobody = (scene: Scene): Headers => [
  ['x-amzn-oidc-identity', scene.admin.sub],
  ['x-amzn-oidc-data', scene.forge({}, { sub: scene.admin.sub })],
  ['x-amzn-oidc-accesstoken', 'x'],
];

/** To the login page: so the load balancer answers whoever has no session. */
const toLogin = '302';

const header = (
  id: string,
  sent: string,
  hope: string,
  headers: (scene: Scene) => Headers,
  refused = toLogin,
): Attack => ({
  id,
  sent,
  hope,
  send: (scene) => get(page, headers(scene)),
  refused,
});

const path = (id: string, target: string, refused = toLogin): Attack => ({
  id,
  sent: `GET \`${target}\``,
  hope: 'a path that the rule for logins does not know',
  send: (scene) => get(target, nobody(scene)),
  refused,
});

const cookie = (id: string, sent: string, hope: string, of: (scene: Scene) => string): Attack =>
  header(id, sent, hope, (scene) => [['cookie', of(scene)]]);

const admin = 'to be the administrator';
const proxy = 'to be who another proxy’s header names';
const session = 'a session that the load balancer believes';

const headers: readonly Attack[] = [
  header('H1', '`x-amzn-oidc-identity`', admin, ({ admin: { sub } }) => [['x-amzn-oidc-identity', sub]]),
  header('H2', 'all three `x-amzn-oidc-*`, signed with a key of their own', admin, nobody),
  header(
    'H3',
    'an assertion that was really signed, and no cookie',
    admin,
    ({ admin: { sub, assertion, accessToken } }) => [
      ['x-amzn-oidc-identity', sub],
      ['x-amzn-oidc-data', assertion],
      ['x-amzn-oidc-accesstoken', accessToken],
    ],
  ),
  header('H4', '`X-AMZN-OIDC-IDENTITY`', admin, ({ admin: { sub } }) => [['X-AMZN-OIDC-IDENTITY', sub]]),
  header('H5', '`x_amzn_oidc_identity`', admin, ({ admin: { sub } }) => [['x_amzn_oidc_identity', sub]]),
  header('H6', '`X-Amzn_Oidc-Identity`', admin, ({ admin: { sub } }) => [['X-Amzn_Oidc-Identity', sub]]),
  header('H7', 'the identity twice', admin, ({ admin: { sub }, member }) => [
    ['x-amzn-oidc-identity', member.sub],
    ['x-amzn-oidc-identity', sub],
  ]),
  header('H8', 'the identity between blanks and tabs', admin, ({ admin: { sub } }) => [
    ['x-amzn-oidc-identity', ` \t${sub}\t `],
  ]),
  header(
    'H9',
    '`x-amzn-oidc-identity :`, a blank before the colon',
    admin,
    ({ admin: { sub } }) => [['x-amzn-oidc-identity ', sub]],
    '400',
  ),
  header(
    'H10',
    'the identity on a folded line',
    admin,
    ({ admin: { sub } }) => [['x-amzn-oidc-identity', `\r\n ${sub}`]],
    '400',
  ),
  header(
    'H11',
    'the identity, named in `Connection`',
    'the load balancer to take away its own',
    ({ admin: { sub } }) => [
      ['x-amzn-oidc-identity', sub],
      ['connection', 'close, x-amzn-oidc-identity'],
    ],
  ),
  {
    id: 'H12',
    sent: 'the identity in a trailer',
    hope: admin,
    send: ({ admin: { sub } }) =>
      ask(
        `POST ${page}`,
        [
          ['transfer-encoding', 'chunked'],
          ['trailer', 'x-amzn-oidc-identity'],
        ],
        {
          body: `0\r\nx-amzn-oidc-identity: ${sub}\r\n\r\n`,
        },
      ),
    refused: toLogin,
  },
  {
    id: 'H13',
    sent: 'a length and chunks at once',
    hope: 'a second request behind the first',
    send: () =>
      ask(
        `POST ${page}`,
        [
          ['transfer-encoding', 'chunked'],
          ['content-length', '5'],
        ],
        { body: '0\r\n\r\n' },
      ),
    refused: '400',
  },
  header('H14', '`x-forwarded-for: 127.0.0.1`', 'to come from the machine itself', () => [
    ['x-forwarded-for', '127.0.0.1'],
  ]),
  header('H15', '`forwarded: for=127.0.0.1;proto=https`', 'the same', () => [
    ['forwarded', 'for=127.0.0.1;proto=https'],
  ]),
  header('H16', '`x-real-ip`, `true-client-ip`', 'the same', () => [
    ['x-real-ip', '127.0.0.1'],
    ['true-client-ip', '127.0.0.1'],
  ]),
  header('H17', '`x-forwarded-user`, `x-forwarded-email`, `remote-user`', proxy, ({ admin: { sub } }) => [
    ['x-forwarded-user', sub],
    ['x-forwarded-email', 'admin@example.com'],
    ['remote-user', sub],
  ]),
  header('H18', '`tailscale-user-login`, `cf-access-jwt-assertion`', proxy, (scene) => [
    ['tailscale-user-login', 'admin@example.com'],
    ['cf-access-jwt-assertion', scene.forge({}, {})],
  ]),
  header('H19', '`x-original-url`, `x-rewrite-url`', 'another path behind the rule', () => [
    ['x-original-url', '/healthz'],
    ['x-rewrite-url', '/healthz'],
  ]),
  header('H20', '`x-forwarded-host` of another', 'a host that needs no login', () => [
    ['x-forwarded-host', 'evil.example.com'],
  ]),
  header('H21', '`authorization: Bearer` with a made-up token', 'OpenClaw’s own login', () => [
    ['authorization', 'Bearer made-up'],
  ]),
  header('H22', '`x-openclaw-token`, `x-openclaw-scopes: operator.admin`', 'OpenClaw’s own rights', () => [
    ['x-openclaw-token', 'x'],
    ['x-openclaw-scopes', 'operator.admin'],
  ]),
  {
    id: 'H23',
    sent: 'another `Host`',
    hope: 'a listener rule without a login',
    send: (scene) => get(page, nobody(scene), { host: 'evil.example.com' }),
    refused: '403',
  },
  header(
    'H24',
    'two `Host` headers',
    'two readings of one request',
    ({ host }) => [
      ['host', host],
      ['host', 'evil.example.com'],
    ],
    '400',
  ),
];

const cookies: readonly Attack[] = [
  cookie('C1', 'a made-up session cookie', session, () => 'AWSELBAuthSessionCookie-0=1.forged'),
  cookie('C2', 'a real one, one character of it changed', session, ({ member }) => changed(member.cookie)),
  cookie('C3', 'a real one, cut off', session, ({ member }) => sessionOf(member.cookie).slice(0, -40)),
  cookie(
    'C4',
    'those of two people under one name',
    'to be the second',
    ({ member, admin: { cookie: other } }) => `${sessionOf(member.cookie)}; ${sessionOf(other)}`,
  ),
  cookie(
    'C5',
    'the first half of one person’s, the second half of another’s',
    'to be either',
    ({ member, admin: { cookie: other } }) => mixed(member.cookie, other),
  ),
  cookie(
    'C6',
    'what the load balancer sealed for a login, as a session',
    session,
    ({ login }) => `AWSELBAuthSessionCookie-0=1.${login.state}`,
  ),
  cookie('C7', 'a real session under the name of the nonce', session, ({ member }) =>
    sessionOf(member.cookie).replace(/^[^=]+/, '__Host-AWSALBAuthNonce'),
  ),
  cookie(
    'C8',
    'the access token of a person as a session',
    session,
    ({ member }) => `AWSELBAuthSessionCookie-0=1.${member.accessToken}`,
  ),
];

const logins: readonly Attack[] = [
  {
    id: 'L1',
    sent: '`/oauth2/idpresponse` with nothing',
    hope: session,
    send: () => get('/oauth2/idpresponse'),
    refused: '401',
  },
  {
    id: 'L2',
    sent: 'a made-up code and state',
    hope: session,
    send: () => get('/oauth2/idpresponse?code=x&state=x'),
    refused: '401',
  },
  {
    id: 'L3',
    sent: 'a state of somebody else’s login, without their nonce',
    hope: 'to sign somebody in as oneself, or the reverse',
    send: ({ login }) => get(`/oauth2/idpresponse?code=x&state=${login.state}`),
    refused: '401',
  },
  {
    id: 'L4',
    sent: 'that state with a made-up nonce',
    hope: 'the same',
    send: ({ login }) =>
      get(`/oauth2/idpresponse?code=x&state=${login.state}`, [['cookie', '__Host-AWSALBAuthNonce=x']]),
    refused: '401',
  },
  {
    id: 'L5',
    sent: 'state and nonce of a real login, and a made-up code',
    hope: session,
    send: ({ login }) =>
      get(`/oauth2/idpresponse?code=made-up&state=${login.state}`, [['cookie', login.nonce]]),
    refused: '561',
  },
];

const paths: readonly Attack[] = [
  path('P1', '//control-ui-config.json'),
  path('P2', '/./control-ui-config.json'),
  path('P3', '/assets/../control-ui-config.json'),
  path('P4', '/%2e%2e/control-ui-config.json'),
  path('P5', '/assets%2f..%2fcontrol-ui-config.json'),
  path('P6', '/oauth2/idpresponse/../../control-ui-config.json'),
  path('P7', '/oauth2/idpresponse%2f..%2f..%2fcontrol-ui-config.json'),
  path('P8', '/oauth2/idpresponse;/../../control-ui-config.json'),
  path('P9', '/oauth2\\idpresponse'),
  path('P10', '/healthz'),
  path('P11', '/readyz'),
  {
    id: 'P12',
    sent: 'an absolute-form target of the pod',
    hope: 'a path that the rule for logins does not know',
    send: (scene) => get(`${scene.origin}${page}`, nobody(scene)),
    refused: toLogin,
  },
  {
    id: 'P13',
    sent: 'an absolute-form target of another host',
    hope: 'the same',
    send: (scene) => get(`https://evil.example.com${page}`, nobody(scene)),
    refused: '403',
  },
  ...['HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PROPFIND'].map((method, index): Attack => ({
    id: `M${index + 1}`,
    sent: `${method} \`${page}\``,
    hope: 'a method that needs no login',
    send: (scene) => ask(`${method} ${page}`, nobody(scene)),
    refused: toLogin,
  })),
  {
    id: 'M6',
    sent: `TRACE \`${page}\``,
    hope: 'to have the headers read back',
    send: (scene) => ask(`TRACE ${page}`, nobody(scene)),
    refused: '405',
  },
  {
    id: 'M7',
    sent: 'CONNECT to the machine itself',
    hope: 'a tunnel',
    send: () => ask('CONNECT 127.0.0.1:5173'),
    refused: '405',
  },
];

const places: readonly Attack[] = [
  {
    id: 'K1',
    sent: 'POST `/hooks/wake` with a made-up bearer token',
    hope: 'to wake an agent',
    send: () =>
      ask('POST /hooks/wake', [
        ['authorization', 'Bearer x'],
        ['content-length', '0'],
      ]),
    refused: toLogin,
  },
  {
    id: 'K2',
    sent: 'POST `/hooks/agent` with `x-openclaw-token` and identity headers',
    hope: 'a turn as the administrator',
    send: (scene) =>
      ask('POST /hooks/agent', [['x-openclaw-token', 'x'], ['content-length', '0'], ...nobody(scene)]),
    refused: toLogin,
  },
  {
    id: 'R1',
    sent: '`/clawharbor/logout`',
    hope: 'to sign somebody out',
    send: (scene) => get('/clawharbor/logout', nobody(scene)),
    refused: toLogin,
  },
  {
    id: 'R2',
    sent: '`/clawharbor/sign-in`',
    hope: 'what the machine alone is told',
    send: () => get('/clawharbor/sign-in', [['x-forwarded-for', '127.0.0.1']]),
    refused: toLogin,
  },
  {
    id: 'R3',
    sent: 'POST `/tools/invoke`',
    hope: 'a tool',
    send: (scene) => ask('POST /tools/invoke', [['content-length', '0'], ...nobody(scene)]),
    refused: toLogin,
  },
  {
    id: 'R4',
    sent: 'POST `/v1/chat/completions` with a made-up key',
    hope: 'a model',
    send: () =>
      ask('POST /v1/chat/completions', [
        ['authorization', 'Bearer x'],
        ['content-length', '0'],
      ]),
    refused: toLogin,
  },
  {
    id: 'W1',
    sent: 'a WebSocket without a cookie',
    hope: 'the gateway’s protocol',
    send: () => get('/', upgrade),
    refused: toLogin,
  },
  {
    id: 'W2',
    sent: 'a WebSocket with forged identity headers',
    hope: admin,
    send: (scene) => get('/', [...upgrade, ...nobody(scene)]),
    refused: toLogin,
  },
  {
    id: 'W3',
    sent: 'a WebSocket with a token and a password in its query',
    hope: 'OpenClaw’s own login',
    send: () => get('/?token=x&password=x', upgrade),
    refused: toLogin,
  },
  {
    id: 'W4',
    sent: 'a WebSocket with a token as its protocol',
    hope: 'the same',
    send: () => get('/', [...upgrade, ['sec-websocket-protocol', 'openclaw, token.x']]),
    refused: toLogin,
  },
  {
    id: 'W5',
    sent: 'a node that wants to join: WebSocket, role `node`',
    hope: 'commands of agents to run',
    send: () => ({ kind: 'connect', headers: [], frame: { role: 'node' } }),
    refused: toLogin,
  },
];

export const withoutALogin: readonly Attack[] = [...headers, ...cookies, ...logins, ...paths, ...places];

const sessionOf = (all: string): string =>
  all
    .split('; ')
    .filter((each) => each.startsWith('AWSELBAuthSessionCookie-'))
    .join('; ');

function changed(all: string): string {
  const own = sessionOf(all);
  const at = own.indexOf('=') + 200;
  return `${own.slice(0, at)}${own[at] === 'A' ? 'B' : 'A'}${own.slice(at + 1)}`;
}

function mixed(one: string, other: string): string {
  const [a, b] = [sessionOf(one), sessionOf(other)];
  const half = Math.floor(a.length / 2);
  return `${a.slice(0, half)}${b.slice(half)}`;
}
