import type { OfficialPlugin } from '../official-plugins.ts';

type Config = Readonly<Record<string, unknown>>;

/**
 * The plugins of a catalog that a config needs, after the rules by which OpenClaw itself fetches what is missing at its
 * start (2026.9.6: `collectConfiguredPluginIds`, `collectConfiguredChannelIds`): what is switched off is not needed.
 * Besides, OpenClaw looks for variables in its environment; those are secrets, and no reason here.
 */
export function neededPlugins(config: Config, catalog: readonly OfficialPlugin[]): readonly OfficialPlugin[] {
  const plugins = objectAt(config, 'plugins');
  if (plugins['enabled'] === false) return [];
  const entries = objectAt(plugins, 'entries');
  const denied = Array.isArray(plugins['deny']) ? plugins['deny'] : [];
  const providers = providersOf(config);
  const channels = objectAt(config, 'channels');
  const web = objectAt(objectAt(config, 'tools'), 'web');
  const memory = objectAt(objectAt(config, 'memory'), 'search');
  const chosen = (at: Config): unknown[] => (at['enabled'] === false ? [] : [at['provider'], at['fallback']]);
  const search = chosen(objectAt(web, 'search'));
  const fetched = chosen(objectAt(web, 'fetch'));
  const embeddings = chosen(memory);
  const runtimes = runtimesOf(config);
  return catalog.filter((plugin) => {
    const entry = entries[plugin.id];
    if (denied.includes(plugin.id) || (isObject(entry) && entry['enabled'] === false)) return false;
    return (
      (entry !== undefined && !asksForNoSessions(entry)) ||
      runtimes.includes(plugin.id) ||
      (plugin.channels ?? []).some((id) => isOn(channels[id])) ||
      (plugin.providers ?? []).some((id) => providers.has(id)) ||
      (plugin.webSearch ?? []).some((id) => search.includes(id)) ||
      (plugin.webFetch ?? []).some((id) => fetched.includes(id)) ||
      (plugin.embeddings ?? []).some((id) => embeddings.includes(id))
    );
  });
}

/** OpenClaw writes this to every config, to leave the sessions of other programs alone: it asks for no plugin. */
function asksForNoSessions(entry: unknown): boolean {
  return JSON.stringify(entry) === '{"config":{"sessionCatalog":{"enabled":false}}}';
}

/** A channel without a setting is not configured. */
function isOn(channel: unknown): boolean {
  return isObject(channel) && channel['enabled'] !== false && Object.keys(channel).length > 0;
}

/** Plugins that run agents themselves, and are chosen by what they run: no catalog says by what. */
function runtimesOf(config: Config): readonly string[] {
  const isOfOpenAi = modelsIn(config['agents'], false).some((model) => /^openai\//i.test(model.trim()));
  const acp = objectAt(config, 'acp');
  const isDispatched = acp['enabled'] === true || objectAt(acp, 'dispatch')['enabled'] === true;
  const hasAcpx = acp['backend'] === 'acpx' || (isDispatched && acp['backend'] === undefined);
  return [...(isOfOpenAi ? ['codex'] : []), ...(hasAcpx ? ['acpx'] : [])];
}

/** Everything that names a provider of models: the providers themselves, profiles of logins, and names of models. */
function providersOf(config: Config): ReadonlySet<string> {
  const profiles = Object.values(objectAt(objectAt(config, 'auth'), 'profiles'));
  const names = [
    ...Object.keys(objectAt(objectAt(config, 'models'), 'providers')),
    ...profiles.map((profile) => (isObject(profile) ? profile['provider'] : undefined)),
    ...modelsIn(config['agents'], false).map((model) => model.slice(0, model.indexOf('/'))),
  ];
  return new Set(names.filter((name) => typeof name === 'string').map((name) => name.trim().toLowerCase()));
}

/** Names of models: what stands at a key that speaks of models, at any depth. */
function modelsIn(value: unknown, isOfModels: boolean): string[] {
  if (typeof value === 'string') return isOfModels && value.indexOf('/') > 0 ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((each) => modelsIn(each, isOfModels));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, member]) => [
    ...(isOfModels && key.indexOf('/') > 0 ? [key] : []),
    ...modelsIn(member, isOfModels || /model/i.test(key)),
  ]);
}

function objectAt(value: Config, key: string): Config {
  const member = Object.hasOwn(value, key) ? value[key] : undefined;
  return isObject(member) ? member : {};
}

function isObject(value: unknown): value is Config {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
