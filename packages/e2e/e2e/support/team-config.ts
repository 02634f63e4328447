/** Scopes of everybody, and what an administrator may have besides. */
const memberScopes = ['operator.read', 'operator.write'];
const adminScopes = [...memberScopes, 'operator.admin', 'operator.approvals'];
/** Where people think that they are. */
export const origin = 'https://pod.example.com';

/** The config of a team, as a pod has it, but for a load balancer that is this machine. */
export function teamConfig(port: number, model: string, administrators: readonly string[]) {
  return {
    gateway: {
      mode: 'local',
      port: port,
      bind: 'loopback',
      publicOrigin: origin,
      auth: {
        mode: 'trusted-proxy',
        trustedProxy: {
          userHeader: 'x-amzn-oidc-identity',
          requiredHeaders: ['x-amzn-oidc-data', 'x-forwarded-proto'],
          allowLoopback: true,
          deviceAutoApprove: { enabled: true, scopes: memberScopes },
        },
        identityScopes: Object.fromEntries(administrators.map((each) => [each, ['operator.admin']])),
      },
      roles: {
        default: 'member',
        definitions: {
          member: { sessions: { others: 'view' }, agents: '*', scopes: memberScopes },
          admin: { sessions: { others: 'write' }, agents: '*', scopes: adminScopes },
        },
      },
      trustedProxies: ['127.0.0.1/32'],
      controlUi: { allowedOrigins: [origin] },
    },
    update: { checkOnStart: false, auto: { enabled: false } },
    discovery: { mdns: { mode: 'off' } },
    models: {
      providers: {
        'stand-in': {
          baseUrl: `${model}/v1`,
          api: 'openai-completions',
          apiKey: 'none',
          models: [
            {
              id: 'stand-in-1',
              name: 'Stand-in',
              input: ['text'],
              contextWindow: 200_000,
              maxTokens: 4096,
            },
          ],
        },
      },
    },
    agents: { defaults: { model: { primary: 'stand-in/stand-in-1' } } },
  };
}
