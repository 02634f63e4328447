import { commandsConfig, defaultOpenClawVersion, type OpenClawVersion } from '@clawharbor/bootstrap/spec';
import type { ChosenOwners } from '@clawharbor/config-merge';
import { checkOpenClawConfig } from '@clawharbor/config-merge/openclaw';
import { bedrockProvider, type Model } from './bedrock.ts';
import { refuseUserOwned, refuseUnknownModels } from './desired-config.ts';
import { refuseDecided, withExtra } from './extra-config.ts';
import { nameOfGroup, type GroupOptions } from './options/group-options.ts';
import { adminScopes, type MemberScope } from './options/operator-scopes.ts';

/** What a pod decides about its gateway. Strings may be CDK tokens. */
export interface GatewayDecisions {
  /** The release that is to run. Default: that of a new pod. */
  readonly version?: OpenClawVersion;
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
  /** Groups of the user pool, from the one that counts most. Default: none, and everybody is a member. */
  readonly groups?: GroupOptions | undefined;
  /** Whether everybody's page shows the invitation to the Discord community of OpenClaw. */
  readonly communityInvite?: boolean;
  readonly region: string;
  readonly model: Model;
  /** Sent with every message to a model of Bedrock. Default: none. */
  readonly guardrail?: { readonly id: string; readonly version: string } | undefined;
  /** Whether Ollama runs on the instance. */
  readonly ollama: boolean;
  /** Where commands of agents run. Default: apart. */
  readonly commands?: 'apart' | 'with-gateway' | 'off';
  /** More OpenClaw config of the pod's owner. */
  readonly extra: Readonly<Record<string, unknown>>;
  /** Who decides a path, where it is not whom the policy names. Default: none. */
  readonly owners?: ChosenOwners;
}

export type OpenClawConfig = Record<string, unknown>;

/** Role of everybody who can log in. */
export const memberRole = 'member';
/** Role of the admins: the ceiling under which their identity grant holds. */
export const adminRole = 'admin';
/** Role of the group `viewers`: reads what others do, and writes nothing. */
export const viewerRole = 'viewer';

const knownRoles: Readonly<Record<string, string>> = {
  admins: adminRole,
  members: memberRole,
  viewers: viewerRole,
};

/** Which role each group gives: those of one's own are called as they are. */
export function rolesOfGroups(groups: GroupOptions): { readonly name: string; readonly role: string }[] {
  return groups.map((each) => {
    const name = nameOfGroup(each);
    return { name, role: knownRoles[name] ?? name };
  });
}

/** The roles that groups bring besides those of every pod. */
function ownRoles(groups: GroupOptions) {
  const roles = groups.map((each) => {
    if (each === 'viewers') {
      return [viewerRole, { sessions: { others: 'view' }, agents: '*', scopes: ['operator.read'] }] as const;
    }
    if (typeof each === 'string') return undefined;
    const { name, scopes, agents, otherSessions } = each;
    return [name, { sessions: { others: otherSessions }, agents, scopes: [...scopes] }] as const;
  });
  return Object.fromEntries(roles.filter((role) => role !== undefined));
}

/** On the instance itself, its models by discovery: https://docs.openclaw.ai/providers/ollama/model-discovery */
const ollamaProvider = { baseUrl: 'http://127.0.0.1:11434', api: 'ollama', models: [] };

/**
 * The desired OpenClaw config of a pod: the gateway behind a load balancer that knows the user.
 * https://docs.openclaw.ai/gateway/trusted-proxy-auth
 *
 * @throws InfraError `OPENCLAW_KEY_MANAGED` when `extra` sets a key that the pod decides, `CREDENTIAL_IN_CONFIG` when it
 * holds a credential, `PROPS_INVALID` when the instance could not merge it; `OWNER_REFUSED` when a key that is set belongs
 * to people by `owners`; `MODEL_NOT_IN_PROVIDER` when an agent is to talk to a model that its provider does not list
 */
export function openclawConfig(decisions: GatewayDecisions): OpenClawConfig {
  const { extra, version, commands = 'apart' } = decisions;
  // The instance writes it, because it knows whether it can.
  refuseDecided(commandsConfig({ run: commands }), extra);
  const config = withExtra(decided(decisions), extra, version);
  refuseUserOwned(config, decisions.owners ?? {});
  refuseUnknownModels(config);
  return config;
}

/**
 * Else the agent of whoever has the main session is told title and creator of every session that is begun.
 * https://docs.openclaw.ai/concepts/session
 */
const silent = { session: { notifyOnCreate: false } };

/** OpenClaw tells nothing of the kind before 2026.9.6, and refuses the key. */
function tellsOfSessions(release: OpenClawVersion): boolean {
  return checkOpenClawConfig(silent, { release, partial: true }).length === 0;
}

function decided(decisions: GatewayDecisions) {
  const {
    version = defaultOpenClawVersion,
    port,
    dnsNames,
    trustedProxies,
    admins,
    members,
    groups = [],
    communityInvite = false,
    region,
    model,
    guardrail,
    ollama,
  } = decisions;
  const origins = dnsNames.map((name) => `https://${name}`);
  const roles = ownRoles(groups);
  // What a browser may be given at all; the role of its person is the ceiling.
  const browserScopes = new Set([...members.scopes, ...Object.values(roles).flatMap(({ scopes }) => scopes)]);
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
          deviceAutoApprove: { enabled: true, scopes: [...browserScopes] },
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
          ...roles,
        },
      },
      trustedProxies: [...trustedProxies],
      controlUi: { allowedOrigins: origins, communityInvite },
      // A shell on the host, in the browser: on by default in OpenClaw.
      terminal: { enabled: false },
      reload: { mode: 'hybrid' },
    },
    ...(members.otherSessions === 'none' && tellsOfSessions(version) ? silent : {}),
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
      entries: {
        'amazon-bedrock': {
          enabled: true,
          config: {
            discovery: { enabled: true, region },
            // https://docs.openclaw.ai/providers/bedrock
            ...(guardrail === undefined
              ? {}
              : {
                  guardrail: { guardrailIdentifier: guardrail.id, guardrailVersion: guardrail.version },
                }),
          },
        },
      },
    },
  };
}
