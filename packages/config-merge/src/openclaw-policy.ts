import { withCredentialsHidden } from './hidden.ts';
import type { OpenClawConfig } from './openclaw-config.ts';
import type { PolicyPath } from './policy-path.ts';
import { definePolicy, type Policy, type Rule } from './policy.ts';

type OpenClawRule = Rule<PolicyPath<OpenClawConfig>>;

/** Infrastructure decides who gets in and how: nobody may open another way beside it. */
const waysIn: readonly OpenClawRule[] = [
  {
    path: 'gateway',
    owner: 'managed',
    reason: 'the load balancer, the instance and the gateway must agree on how the gateway is reached',
    fixed: true,
  },
  {
    path: 'gateway.auth',
    owner: 'exclusive',
    reason:
      'who gets in, and with which scopes, is decided where the login is; an extra token or admin is a back door',
  },
  {
    path: 'gateway.auth.token',
    owner: 'exclusive',
    sensitive: true,
    reason: 'a token beside the login is a back door',
  },
  {
    path: 'gateway.auth.password',
    owner: 'exclusive',
    sensitive: true,
    reason: 'the local password is made per boot; one in the config would stay valid',
  },
  {
    path: 'gateway.auth.trustedProxy.secret',
    owner: 'exclusive',
    sensitive: true,
    reason: 'whoever knows it can pass for the load balancer',
  },
  {
    path: 'gateway.trustedProxies',
    owner: 'exclusive',
    reason:
      'whoever is in this list can claim to be anybody: only the addresses of the load balancer belong here',
  },
  {
    path: 'gateway.allowRealIpFallback',
    owner: 'exclusive',
    reason: 'it makes a header that the load balancer does not set decide where a request comes from',
  },
  {
    path: 'gateway.controlUi.allowedOrigins',
    owner: 'exclusive',
    reason: 'a foreign origin could act in the browser of everyone who is logged in',
  },
  {
    path: 'gateway.controlUi.dangerouslyDisableDeviceAuth',
    owner: 'exclusive',
    reason: 'it takes the device check out of the login',
  },
  {
    path: 'gateway.controlUi.dangerouslyAllowHostHeaderOriginFallback',
    owner: 'exclusive',
    reason: 'it makes the Host header of a request decide which origins are allowed',
  },
  {
    path: 'gateway.terminal',
    owner: 'exclusive',
    reason: 'it is a shell on the host in the browser, on by default',
  },
  {
    path: 'gateway.customBindHost',
    owner: 'exclusive',
    reason: 'the load balancer reaches one address only',
  },
  {
    path: 'gateway.portals',
    owner: 'exclusive',
    reason: 'it listens on a port that no load balancer guards',
  },
  {
    path: 'gateway.tailscale',
    owner: 'exclusive',
    reason: 'it opens a way in that passes the load balancer by',
  },
  {
    path: 'gateway.tls',
    owner: 'exclusive',
    reason: 'the load balancer ends TLS and speaks plain HTTP to the gateway',
  },
  {
    path: 'gateway.remote',
    owner: 'managed',
    sensitive: true,
    reason: 'it holds the credentials of another gateway',
    fixed: true,
  },
  {
    path: 'gateway.roles',
    owner: 'managed',
    reason: 'the default role is the ceiling for everyone; roles that an admin adds stay',
    fixed: true,
  },
];

/** The machine around the gateway. */
const machine: readonly OpenClawRule[] = [
  {
    path: 'update',
    owner: 'exclusive',
    reason: 'the version is pinned and upgraded from outside; a gateway that updates itself undoes both',
  },
  {
    path: 'discovery',
    owner: 'exclusive',
    reason: 'announcing the gateway in the network is of no use behind a load balancer',
  },
  {
    path: 'logging.file',
    owner: 'managed',
    reason: 'the log shipper reads this file, and only its directory is writable',
    fixed: true,
  },
  { path: 'logging.consoleStyle', owner: 'managed', reason: 'the log shipper parses this format' },
  {
    path: 'secrets',
    owner: 'managed',
    reason: 'the bootstrap writes the files that these providers read; providers that people add stay',
  },
  {
    path: 'secrets.providers.*.env',
    owner: 'managed',
    sensitive: true,
    reason: 'a provider may be handed credentials',
  },
  {
    path: 'plugins.entries.*.enabled',
    owner: 'managed',
    reason: 'a provider works only with its plugin, installed in the same step',
  },
];

/** A plugin of the pod decides who is in. What keeps it from loading keeps everybody out. */
const ownPlugin: readonly OpenClawRule[] = [
  {
    path: 'plugins.enabled',
    owner: 'managed',
    reason: "without plugins there is none of the pod's, and nobody gets in",
    fixed: true,
  },
  {
    path: 'plugins.allow',
    owner: 'managed',
    reason:
      "a list without the pod's plugin keeps everybody out; single plugins are switched in plugins.entries",
    fixed: true,
  },
  {
    path: 'plugins.deny',
    owner: 'managed',
    reason:
      "a list with the pod's plugin keeps everybody out; single plugins are switched in plugins.entries",
    fixed: true,
  },
  {
    path: 'plugins.load.paths',
    owner: 'managed',
    reason: "the pod's plugin is loaded from here, and what else is runs with the rights of the gateway",
    fixed: true,
  },
  ...(['', '.enabled', '.config'] as const).map((below): OpenClawRule => ({
    path: `plugins.entries.clawharbor${below}`,
    owner: 'exclusive',
    reason: "it is the pod's plugin, which decides who is in",
  })),
];

/** Where models come from is wiring; which model to talk to is taste. */
const models: readonly OpenClawRule[] = [
  {
    path: 'models.mode',
    owner: 'managed',
    reason: 'whether the built-in catalog is merged decides which models exist',
  },
  {
    path: 'models.providers.*',
    owner: 'managed',
    reason: 'endpoint, region and credentials follow from the account; providers that people add stay',
  },
  {
    path: 'models.providers.*.apiKey',
    owner: 'managed',
    sensitive: true,
    reason: 'it comes from the secret store',
  },
  {
    path: 'models.providers.*.headers',
    owner: 'managed',
    sensitive: true,
    reason: 'headers may carry credentials',
  },
  {
    path: 'models.providers.*.request',
    owner: 'managed',
    sensitive: true,
    reason: 'how an endpoint is called: authorization, headers, keys and certificates',
  },
  {
    path: 'models.providers.*.models',
    owner: 'managed',
    arrayKey: 'id',
    reason: 'the instance role may call these models; models that people add stay beside them',
  },
  {
    path: 'models.providers.*.models.*.headers',
    owner: 'managed',
    sensitive: true,
    reason: 'headers of one model may carry credentials too',
  },
];

const mayHoldCredentials = [
  'agents.entries.*.memory.search.remote',
  'agents.entries.*.tts',
  'channels',
  'cron.webhookToken',
  'env',
  'hooks',
  'mcp',
  'memory.search.remote',
  'messages',
  'skills',
  'talk',
  'tools',
  'tts',
  'plugins.entries.*.config',
] as const;

/** OpenClaw's own notes, and values nobody should read in a report. */
const people: readonly OpenClawRule[] = [
  { path: 'meta', owner: 'user', reason: "OpenClaw's bookkeeping of versions and migrations" },
  { path: 'wizard', owner: 'user', reason: "OpenClaw's bookkeeping of its setup" },
  {
    path: 'agents.defaults',
    owner: 'followed',
    reason: 'how agents work is an operational setting: it follows the deployment until people change it',
  },
  ...mayHoldCredentials.map((path): OpenClawRule => ({
    path,
    owner: 'followed',
    sensitive: true,
    reason:
      'an operational setting that may hold credentials: it follows the deployment until people change it',
  })),
];

const operational = {
  default: 'followed',
  defaultReason: 'an operational setting: it follows the deployment until people change it',
} as const;

/**
 * Who decides which key of OpenClaw's config (https://docs.openclaw.ai/gateway/configuration-reference):
 * infrastructure keys win, operational settings are kept. Every rule carries its reason. What may hold a credential is
 * hidden, as OpenClaw's own schema tells it.
 */
export const openclawPolicy: Policy = /* @__PURE__ */ definePolicy({
  rules: /* @__PURE__ */ withCredentialsHidden({
    rules: [...waysIn, ...machine, ...ownPlugin, ...models, ...people],
    ...operational,
  }),
  ...operational,
});
