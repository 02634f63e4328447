/**
 * What the rest of Clawharbor needs to know of the plugin. The plugin itself is one file that OpenClaw loads:
 * `build-bundle.ts` makes it of `plugin.ts`.
 */
export { pluginConfigSchema, pluginId, type PluginConfig } from './plugin-config.ts';
