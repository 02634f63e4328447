import { join } from 'node:path';
import type { Commands } from '../commands/choice.ts';
import { commandsConfig, overlaid } from '../commands/config.ts';
import type { Layout } from '../host/layout.ts';
import { withClawharborPlugin } from '../plugin/configured.ts';
import type { PodSpec } from '../spec/pod-spec.ts';
import type { Config } from './merge.ts';

/**
 * What infrastructure decides: the config of the spec, and what only the host knows.
 * @param administrators more of them than the spec names, by their identities
 */
export function desiredConfig(
  spec: PodSpec,
  layout: Layout,
  commands: Commands,
  administrators: readonly string[] = [],
): Record<string, unknown> {
  const logging = spec.openclaw.config['logging'];
  const config = {
    ...withClawharborPlugin(withAdministrators(spec.openclaw.config, administrators), spec, layout),
    // OpenClaw's default is a folder in /tmp. It rotates the file itself: `docs/gateway/logging.md`.
    logging: { ...(typeof logging === 'object' ? logging : {}), file: join(layout.logs, 'gateway.log') },
  };
  return overlaid(config, commandsConfig(commands));
}

/** A role alone grants nothing that is an administrator's: OpenClaw wants the scope granted to the identity, too. */
function withAdministrators(config: Config, identities: readonly string[]): Config {
  if (identities.length === 0) return config;
  const gateway = objectAt(config, 'gateway');
  const auth = objectAt(gateway, 'auth');
  const granted = Object.fromEntries(identities.map((identity) => [identity, ['operator.admin']]));
  const identityScopes = { ...granted, ...objectAt(auth, 'identityScopes') };
  return { ...config, gateway: { ...gateway, auth: { ...auth, identityScopes } } };
}

/**
 * A config in which some plugins are off, whatever it says of them. OpenClaw looks at each start for what a config needs and
 * has not, and asks npm for it; but for what is switched off (`collectBlockedPluginIds`). Everything else that names the
 * plugin stays: its provider, its channel, the model.
 */
export function withoutPlugins(config: Config, ids: readonly string[]): Config {
  if (ids.length === 0) return config;
  const plugins = objectAt(config, 'plugins');
  const entries = objectAt(plugins, 'entries');
  const off = ids.map((id) => [id, { ...objectAt(entries, id), enabled: false }]);
  return { ...config, plugins: { ...plugins, entries: { ...entries, ...Object.fromEntries(off) } } };
}

/** A config in which some plugins are on, as OpenClaw's own installer writes it; where it says something itself, that holds. */
export function withPlugins(config: Config, ids: readonly string[]): Config {
  const plugins = objectAt(config, 'plugins');
  const entries = objectAt(plugins, 'entries');
  const on = ids.map((id) => [id, { enabled: true, ...objectAt(entries, id) }]);
  if (ids.length === 0) return config;
  return { ...config, plugins: { ...plugins, entries: { ...entries, ...Object.fromEntries(on) } } };
}

function objectAt(value: Config, key: string): Config {
  const member = Object.hasOwn(value, key) ? value[key] : undefined;
  return typeof member === 'object' && member !== null && !Array.isArray(member) ? (member as Config) : {};
}
