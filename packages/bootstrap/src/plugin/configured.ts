import { pluginId, type PluginConfig } from '@clawharbor/openclaw-plugin/config';
import * as z from 'zod';
import type { Layout } from '../host/layout.ts';
import type { PodSpec } from '../spec/pod-spec.ts';
import { clawharborPlugin } from './directory.ts';

const part = z.looseObject({}).catch({});
const origins = z.object({
  gateway: z.object({ controlUi: z.object({ allowedOrigins: z.array(z.string()) }) }),
});

/** A config in which the gateway has Clawharbor's plugin. */
export function withClawharborPlugin(
  config: Readonly<Record<string, unknown>>,
  spec: PodSpec,
  layout: Layout,
): Readonly<Record<string, unknown>> {
  const placed = clawharborPlugin(spec, layout);
  if (placed === undefined) return config;
  const plugins = part.parse(config['plugins']);
  const allow = listOf(plugins['allow']);
  return {
    ...withSignOutShown(config),
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

function pluginConfig(config: unknown, { login }: PodSpec): PluginConfig {
  const allowed = origins.safeParse(config).data?.gateway.controlUi.allowedOrigins ?? [];
  if (login === undefined || allowed.length === 0) return {};
  return { signOut: { endpoint: `${login.url}/logout`, clientId: login.client, origins: allowed } };
}

/** The entry "Sign out" is part of the plugin, and OpenClaw shows such parts only then. */
function withSignOutShown(config: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const gateway = part.parse(config['gateway']);
  const controlUi = { ...part.parse(gateway['controlUi']), experimental: { customPlugins: true } };
  return { ...config, gateway: { ...gateway, controlUi } };
}
