import { bedrockProvider, type Model } from './bedrock.ts';
import { withExtra } from './extra-config.ts';
import { adminScopes, type MemberScope } from './options/operator-scopes.ts';

/** What a pod decides about its gateway. Strings may be CDK tokens. */
export interface GatewayDecisions {
  readonly port: number;
  /** The first is the public origin. */
  readonly dnsNames: readonly string[];
  /** CIDR blocks of the load balancer's subnets. */
  readonly trustedProxies: readonly string[];
  /** Cognito subs. */
  readonly admins: readonly string[];
  readonly members: {
    readonly scopes: readonly MemberScope[];
    readonly otherSessions: 'none' | 'view' | 'suggest' | 'write';
  };
  readonly region: string;
  readonly model: Model;
  /** Whether Ollama runs on the instance. */
  readonly ollama: boolean;
  /** More OpenClaw config of the pod's owner. */
  readonly extra: Readonly<Record<string, unknown>>;
}

export type OpenClawConfig = Record<string, unknown>;

/** Role of everybody who can log in. */
export const memberRole = 'member';
/** Role of the admins: the ceiling under which their identity grant holds. */
export const adminRole = 'admin';

/** On the instance itself, its models by discovery: https://docs.openclaw.ai/providers/ollama/model-discovery */
const ollamaProvider = { baseUrl: 'http://127.0.0.1:11434', api: 'ollama', models: [] };

/**
 * The desired OpenClaw config of a pod: the gateway behind a load balancer that knows the user.
 * https://docs.openclaw.ai/gateway/trusted-proxy-auth
 *
 * @throws InfraError `OPENCLAW_KEY_MANAGED` when `extra` sets a key that the pod decides, `CREDENTIAL_IN_CONFIG` when it
 * holds a credential, `PROPS_INVALID` when the instance could not merge it
 */
export function openclawConfig(decisions: GatewayDecisions): OpenClawConfig {
  return withExtra(decided(decisions), decisions.extra);
}

function decided(decisions: GatewayDecisions) {
  const { port, dnsNames, trustedProxies, admins, members, region, model, ollama } = decisions;
  const origins = dnsNames.map((name) => `https://${name}`);
  return {
    gateway: {
      mode: 'local',
      port,
      bind: 'lan',
      publicOrigin: origins[0],
      auth: {
        mode: 'trusted-proxy',
        trustedProxy: {
          userHeader: 'x-amzn-oidc-identity',
          // Presence only: what the load balancer sets on every request that it has authenticated.
          requiredHeaders: ['x-amzn-oidc-data', 'x-forwarded-proto'],
          // The login is the pairing: else every browser waits for an approval on the host. Never operator.admin.
          deviceAutoApprove: { enabled: true, scopes: [...members.scopes] },
        },
        identityScopes: Object.fromEntries(admins.map((sub) => [sub, ['operator.admin']])),
      },
      // A ceiling for everybody: else plain HTTP with an identity has every scope.
      // https://docs.openclaw.ai/gateway/operator-scopes#named-operator-roles
      roles: {
        default: memberRole,
        definitions: {
          [memberRole]: {
            sessions: { others: members.otherSessions },
            agents: '*',
            scopes: [...members.scopes],
          },
          [adminRole]: { sessions: { others: 'write' }, agents: '*', scopes: [...adminScopes] },
        },
      },
      trustedProxies: [...trustedProxies],
      controlUi: { allowedOrigins: origins },
      // A shell on the host, in the browser: on by default in OpenClaw.
      terminal: { enabled: false },
      reload: { mode: 'hybrid' },
    },
    // Versions are the pod's to choose, and nothing is told to others.
    update: { checkOnStart: false, auto: { enabled: false } },
    discovery: { mdns: { mode: 'off' } },
    logging: { level: 'info', consoleLevel: 'info', consoleStyle: 'json' },
    models: {
      mode: 'merge',
      providers: {
        'amazon-bedrock': bedrockProvider(region, model),
        ...(ollama ? { ollama: ollamaProvider } : {}),
      },
    },
    agents: { defaults: { model: { primary: `amazon-bedrock/${model.id}` } } },
    plugins: {
      entries: { 'amazon-bedrock': { enabled: true, config: { discovery: { enabled: true, region } } } },
    },
  };
}
