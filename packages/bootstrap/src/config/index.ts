/** The config flow by itself: for those who want to know what a pod would run with, and for the tests that prove it. */
export { acceptConfig, type AcceptedConfig, type RejectedConfig } from './accept-config.ts';
export { mainFile, parseSet, type ConfigSet, type LiveConfig } from './config-set.ts';
export { desiredConfig } from './desired.ts';
export type { Config, MergedConfig, Wanted } from './merge.ts';
export { officialPlugins, type OfficialPlugin } from '../official-plugins.ts';
export { neededPlugins } from '../openclaw/needed-plugins.ts';
export { inspectConfigs, type ConfigIssue, type Inspection } from '../openclaw/inspect-config.ts';
