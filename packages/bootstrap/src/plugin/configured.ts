import { checkOpenClawConfig } from '@clawharbor/config-merge/openclaw';
import { pluginId, type PluginConfig } from '@clawharbor/openclaw-plugin/config';
import * as z from 'zod';
import type { Layout } from '../host/layout.ts';
import type { OpenClawVersion } from '../openclaw-release.ts';
import { staleSeconds } from '../people/stale.ts';
import { rolePlan } from '../people/wanted-people.ts';
import type { PodSpec } from '../spec/pod-spec.ts';
import { proxyAddress, signInHeaders } from '../openclaw/sign-in.ts';
import { clawharborPlugin } from './directory.ts';

const part = z.looseObject({}).catch({});
const origins = z.object({
  gateway: z.object({ controlUi: z.object({ allowedOrigins: z.array(z.string()) }) }),
});

type Config = Readonly<Record<string, unknown>>;

/** A config in which the gateway has Clawharbor's plugin. */
export function withClawharborPlugin(config: Config, spec: PodSpec, layout: Layout): Config {
  const placed = clawharborPlugin(spec, layout);
  if (placed === undefined) return config;
  const plugins = part.parse(config['plugins']);
  const allow = listOf(plugins['allow']);
  return {
    ...withPluginInGateway(config, spec.openclaw.version),
    plugins: {
      ...plugins,
      enabled: true,
      // A list of what is allowed leaves out whatever it does not name, also what comes with OpenClaw; an empty one is none.
      // Both are said although they are empty: what people write there could only keep the plugin out.
      allow: allow.length === 0 ? [] : [...new Set([...allow, pluginId])],
      deny: listOf(plugins['deny']).filter((id) => id !== pluginId),
      load: {
        ...part.parse(plugins['load']),
        paths: [placed.directory, ...pathsOf(plugins['load'])],
      },
      entries: {
        ...part.parse(plugins['entries']),
        [pluginId]: { enabled: true, config: pluginConfig(config, spec) },
      },
    },
  };
}

function listOf(value: unknown): string[] {
  return z.array(z.string()).safeParse(value).data ?? [];
}

function pathsOf(load: unknown): string[] {
  return listOf(part.parse(load)['paths']);
}

function pluginConfig(config: unknown, spec: PodSpec): PluginConfig {
  const { login, region } = spec;
  const roles = rolePlan(spec);
  const allowed = origins.safeParse(config).data?.gateway.controlUi.allowedOrigins ?? [];
  if (login === undefined || allowed.length === 0) return {};
  return {
    people: { staleSeconds, ...(roles === undefined ? {} : { roles }) },
    ...(login.loadBalancer === undefined
      ? {}
      : {
          assertions: {
            loadBalancer: login.loadBalancer,
            issuer: login.issuer ?? `https://cognito-idp.${region}.amazonaws.com/${login.userPool}`,
            clientId: login.client,
            ...(login.keys === undefined ? {} : { keys: login.keys }),
          },
          ...signInAttempt(config, allowed[0]!),
        }),
    signOut: { endpoint: `${login.url}/logout`, clientId: login.client, origins: allowed },
  };
}

/** Nobody, by the way that everybody comes: without a signature it gets no further. */
function signInAttempt(config: unknown, origin: string): Pick<PluginConfig, 'signIn'> {
  const address = proxyAddress(config);
  if (address === undefined) return {};
  // Whom it is for, the connection says.
  const { host: _, ...headers } = signInHeaders(config, 'clawharbor-attempt');
  return { signIn: { address, headers: { ...headers, origin } } };
}

/**
 * The entry "Sign out" is part of the plugin, and OpenClaw shows such parts only then. And nobody gets in without the plugin: a
 * role that names it needs its word, also when it does not load (`docs/gateway/operator-scopes.md` of OpenClaw 2026.9.6, the first
 * release that has this).
 */
function withPluginInGateway(config: Config, release: OpenClawVersion): Config {
  const gateway = part.parse(config['gateway']);
  const controlUi = { ...part.parse(gateway['controlUi']), experimental: { customPlugins: true } };
  const roles = part.parse(gateway['roles']);
  const definitions = Object.fromEntries(
    Object.entries(part.parse(roles['definitions'])).map(([role, definition]) => [
      role,
      { ...part.parse(definition), accessPolicyPlugin: pluginId },
    ]),
  );
  const bound = { ...roles, definitions };
  const isKnown =
    Object.keys(definitions).length > 0 &&
    checkOpenClawConfig({ gateway: { roles: bound } }, { release, partial: true }).length === 0;
  return { ...config, gateway: { ...gateway, controlUi, ...(isKnown ? { roles: bound } : {}) } };
}
