import { ask, connecting, get, page, type Attack, type Headers, type Scene } from './attack.ts';

const evil = 'https://evil.example.com';
const signedIn = ({ member }: Scene): Headers => [['cookie', member.cookie]];

const connect = connecting(signedIn, { reachesGateway: true });

/** What a member has, and no more: what they forge beside their cookie changes nothing. */
const asThemselves = 'granted operator.read operator.write';

const call = (
  id: string,
  method: string,
  hope: string,
  parameters: object = {},
  refused = 'missing scope',
): Attack => connect(id, `\`${method}\``, hope, refused, () => ({ call: [method, parameters] }));

const forged = (scene: Scene): Headers => [
  ...signedIn(scene),
  ['x-amzn-oidc-identity', scene.admin.sub],
  ['x-amzn-oidc-data', scene.admin.assertion],
];

/** Somebody who is signed in, as a member. */
export const asAMember: readonly Attack[] = [
  connect(
    'A1',
    'identity and assertion of the administrator beside the own cookie',
    'to be the administrator',
    asThemselves,
    (scene) => ({ headers: forged(scene) }),
  ),
  connect('A2', 'the same with underscores', 'the same', asThemselves, (scene) => ({
    headers: [
      ...signedIn(scene),
      ['x_amzn_oidc_identity', scene.admin.sub],
      ['x_amzn_oidc_data', scene.admin.assertion],
    ],
  })),
  connect('A3', '`x-openclaw-scopes: operator.admin`', 'every scope', 'granted nothing', (scene) => ({
    headers: [...signedIn(scene), ['x-openclaw-scopes', 'operator.admin']],
  })),
  connect('A4', 'a frame `connect` that asks for every scope', 'the same', asThemselves, () => ({})),
  call('A5', 'config.patch', 'settings', { raw: '{}', baseHash: 'x' }),
  call('A6', 'config.set', 'settings', { raw: '{}', baseHash: 'x' }),
  call('A7', 'users.setRole', 'the role of an administrator', {}),
  call('A8', 'exec.approval.list', 'what agents of others ask leave for'),
  call('A9', 'cron.add', 'a job that runs by itself', {}),
  call('A10', 'device.pair.list', 'devices of others'),
  call('A11', 'node.pair.approve', 'a node of their own', { requestId: 'x' }),
  call('A12', 'usage.cost', 'what others cost', {}, 'hidden by your operator role'),
  connect(
    'A13',
    'a WebSocket with a foreign `Origin`',
    'a page of theirs to act for whoever opens it',
    'origin',
    () => ({ origin: evil }),
  ),
  {
    id: 'A14',
    sent: 'POST `/tools/invoke` with a foreign `Origin`',
    hope: 'the same',
    send: (scene) =>
      ask(
        'POST /tools/invoke',
        [...signedIn(scene), ['origin', evil], ['content-type', 'application/json'], ['content-length', '2']],
        { body: '{}' },
      ),
    refused: '401',
    reachesGateway: true,
  },
  {
    id: 'A15',
    sent: 'POST `/clawharbor/logout` with a foreign `Origin`',
    hope: 'to sign somebody out',
    send: (scene) =>
      ask('POST /clawharbor/logout', [...signedIn(scene), ['origin', evil], ['content-length', '0']]),
    refused: '401',
    reachesGateway: true,
  },
  {
    id: 'A16',
    sent: '`/clawharbor/sign-in`',
    hope: 'what the machine alone is told',
    send: (scene) => get('/clawharbor/sign-in', signedIn(scene)),
    refused: '404',
    reachesGateway: true,
  },
  {
    id: 'A17',
    sent: 'POST `/tools/invoke` for the config, with `x-openclaw-scopes: operator.admin`',
    hope: 'settings',
    send: (scene) => {
      const body = JSON.stringify({ tool: 'gateway', action: 'config.get', args: {} });
      return ask(
        'POST /tools/invoke',
        [
          ...signedIn(scene),
          ['origin', scene.origin],
          ['x-openclaw-scopes', 'operator.admin'],
          ['content-type', 'application/json'],
          ['content-length', String(body.length)],
        ],
        { body },
      );
    },
    refused: '404',
    reachesGateway: true,
  },
  {
    id: 'A18',
    sent: 'a cookie that was copied before its owner signed out',
    hope: 'to go on in their place',
    send: ({ leaver }) => get(page, [['cookie', leaver.cookie]]),
    refused: '401',
    reachesGateway: true,
  },
  connect('A19', 'a WebSocket with that cookie', 'the same', 'unauthorized', ({ leaver }) => ({
    headers: [['cookie', leaver.cookie]],
  })),
  connect(
    'A20',
    'the administrator’s identity in capitals and in the pod’s own spelling at once',
    'to be the administrator',
    asThemselves,
    (scene) => ({
      headers: [...forged(scene), ['X-AMZN_OIDC-IDENTITY', scene.admin.sub]],
    }),
  ),
  connect('A21', 'the role `node`, with a cookie', 'commands of agents to run', 'pairing required', () => ({
    frame: { role: 'node', scopes: [] },
  })),
];
