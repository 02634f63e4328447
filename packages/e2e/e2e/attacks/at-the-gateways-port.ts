import { ask, connecting, get, page, type Attack, type Headers, type Person, type Scene } from './attack.ts';

/** As the load balancer sends it, for whoever it signed in. */
export const asTheLoadBalancer = (
  { host }: Scene,
  { sub, assertion, accessToken }: Partial<Person>,
): Headers => [
  ['x-forwarded-for', '203.0.113.9'],
  ['x-forwarded-proto', 'https'],
  ['x-forwarded-port', host.split(':')[1] ?? '443'],
  ...(sub === undefined ? [] : [['x-amzn-oidc-identity', sub] as const]),
  ...(assertion === undefined ? [] : [['x-amzn-oidc-data', assertion] as const]),
  ...(accessToken === undefined ? [] : [['x-amzn-oidc-accesstoken', accessToken] as const]),
];

const signed = (
  id: string,
  sent: string,
  hope: string,
  of: (scene: Scene) => Partial<Person>,
  refused = '401',
): Attack => ({
  id,
  sent,
  hope,
  send: (scene) => get(page, asTheLoadBalancer(scene, of(scene))),
  refused,
});

const forgedFor = (
  id: string,
  sent: string,
  header: object,
  payload: object = {},
  signature?: 'es256' | 'hs256' | 'none',
): Attack =>
  signed(id, sent, admin, ({ admin: { sub }, forge }) => ({
    sub,
    assertion: forge(header, { sub, ...payload }, signature),
  }));

const connect = connecting((scene) => asTheLoadBalancer(scene, {}));

const admin = 'to be the administrator';
const own = 'OpenClaw’s own login';

/** Somebody at the load balancer's address, past the security group: every header is theirs to choose. */
export const atTheGatewaysPort: readonly Attack[] = [
  signed('G1', 'an identity and no assertion', admin, ({ admin: { sub } }) => ({ sub })),
  signed('G2', 'an assertion that is none', admin, ({ admin: { sub } }) => ({ sub, assertion: 'e30.e30.x' })),
  forgedFor('G3', 'an assertion with `alg: none`', { alg: 'none' }, {}, 'none'),
  forgedFor('G4', 'with HS256, the public key as its secret', { alg: 'HS256' }, {}, 'hs256'),
  forgedFor('G5', 'signed with a key of their own, under the `kid` of the load balancer', {}),
  forgedFor('G6', 'under a `kid` of their own', { kid: '00000000-0000-4000-8000-000000000000' }),
  forgedFor('G7', 'under a `kid` that leads to another path', { kid: '../../x' }),
  forgedFor('G8', 'under a `kid` that is a URL', { kid: 'https://evil.example.com/key' }),
  forgedFor('G9', 'with a `jwk` of their own in its head', {
    jwk: { kty: 'EC', crv: 'P-256', x: 'x', y: 'x' },
  }),
  forgedFor('G10', 'signed by another load balancer, which it names', {
    signer: 'arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/app/other/0123456789abcdef',
  }),
  signed(
    'G11',
    'a member’s assertion, the administrator’s identity',
    admin,
    ({ admin: { sub }, member }) => ({ sub, assertion: member.assertion }),
  ),
  signed(
    'G12',
    'a member’s assertion with another `sub` in its text',
    admin,
    ({ admin: { sub }, member, forge }) => {
      const [head, , signature] = member.assertion.split('.');
      const [, body] = forge({}, { sub }).split('.');
      return { sub, assertion: [head, body, signature].join('.') };
    },
  ),
  signed('G13', 'a real assertion without its signature', admin, ({ admin: { sub, assertion } }) => ({
    sub,
    assertion: `${assertion.split('.').slice(0, 2).join('.')}.`,
  })),
  signed('G14', 'the access token of Cognito as the assertion', admin, ({ admin: { sub, accessToken } }) => ({
    sub,
    assertion: accessToken,
  })),
  signed(
    'G15',
    'identity and assertion of who signed out',
    'to go on in their place',
    ({ leaver }) => leaver,
  ),
  {
    id: 'G16',
    sent: 'two identities, one of them signed for',
    hope: admin,
    send: (scene) =>
      get(page, [...asTheLoadBalancer(scene, scene.member), ['x-amzn-oidc-identity', scene.admin.sub]]),
    refused: '401',
  },
  {
    id: 'G17',
    sent: 'two assertions',
    hope: admin,
    send: (scene) =>
      get(page, [
        ...asTheLoadBalancer(scene, scene.admin),
        ['x-amzn-oidc-data', scene.forge({}, { sub: scene.admin.sub })],
      ]),
    refused: '401',
  },
  {
    id: 'G18',
    sent: 'identity and assertion with underscores',
    hope: admin,
    send: (scene) =>
      get(page, [
        ...asTheLoadBalancer(scene, {}),
        ['x_amzn_oidc_identity', scene.admin.sub],
        ['x_amzn_oidc_data', scene.admin.assertion],
      ]),
    refused: '401',
  },
  {
    id: 'G19',
    sent: 'the headers of other proxies: `x-forwarded-user`, `tailscale-user-login`',
    hope: admin,
    send: (scene) =>
      get(page, [
        ...asTheLoadBalancer(scene, {}),
        ['x-forwarded-user', scene.admin.sub],
        ['tailscale-user-login', 'admin@example.com'],
      ]),
    refused: '401',
  },
  {
    id: 'G20',
    sent: 'a made-up bearer token',
    hope: own,
    send: (scene) => get(page, [...asTheLoadBalancer(scene, {}), ['authorization', 'Bearer made-up']]),
    refused: '401',
  },
  {
    id: 'G21',
    sent: 'POST `/tools/invoke` with a forged assertion',
    hope: 'a tool',
    send: (scene) =>
      ask(
        'POST /tools/invoke',
        [
          ...asTheLoadBalancer(scene, { sub: scene.admin.sub, assertion: scene.forge({}, {}) }),
          ['origin', scene.origin],
          ['content-type', 'application/json'],
          ['content-length', '2'],
        ],
        { body: '{}' },
      ),
    refused: '401',
  },
  {
    id: 'G22',
    sent: '`/clawharbor/sign-in`',
    hope: 'what the machine alone is told',
    send: (scene) => get('/clawharbor/sign-in', asTheLoadBalancer(scene, {})),
    refused: '404',
  },
  {
    id: 'G23',
    sent: 'POST `/hooks/wake` with a made-up token and a real identity',
    hope: 'to wake an agent',
    send: (scene) =>
      ask('POST /hooks/wake', [
        ...asTheLoadBalancer(scene, scene.member),
        ['x-openclaw-token', 'x'],
        ['content-length', '0'],
      ]),
    refused: '404',
  },
  connect('G24', 'a WebSocket with a forged assertion', admin, 'unauthorized', (scene) => ({
    headers: asTheLoadBalancer(scene, {
      sub: scene.admin.sub,
      assertion: scene.forge({}, { sub: scene.admin.sub }),
    }),
  })),
  connect(
    'G25',
    'a WebSocket with a real assertion for another identity',
    admin,
    'unauthorized',
    (scene) => ({
      headers: asTheLoadBalancer(scene, { sub: scene.admin.sub, assertion: scene.member.assertion }),
    }),
  ),
  connect('G26', 'a frame `connect` with a made-up password', own, 'unauthorized', () => ({
    frame: { auth: { password: 'made-up' } },
  })),
  connect('G27', 'a frame `connect` with a made-up token', own, 'unauthorized', () => ({
    frame: { auth: { token: 'made-up' } },
  })),
  connect('G28', 'a frame `connect` with a made-up token of a device', own, 'unauthorized', () => ({
    frame: { auth: { deviceToken: 'made-up' } },
  })),
  connect('G29', 'a node that wants to join', 'commands of agents to run', 'unauthorized', () => ({
    frame: { role: 'node', scopes: [] },
  })),
  connect(
    'G30',
    'a real assertion, and a foreign `Origin`',
    'a page of theirs to act for somebody',
    'origin',
    (scene) => ({ headers: asTheLoadBalancer(scene, scene.member), origin: 'https://evil.example.com' }),
  ),
];

/** Somebody at another address of the VPC, with a real assertion. */
export const atAnotherAddress: readonly Attack[] = [
  signed(
    'V1',
    'from an address that is not the load balancer’s: a real identity with its assertion',
    'to be who was overheard',
    ({ member }) => member,
    '403',
  ),
];
