export type { OpenClawConfig } from './by-release/versions.ts';
export { checkOpenClawConfig, type CheckOptions, type ConfigIssue } from './check.ts';
export { credentialsIn, type ConfigPath } from './clear-credentials.ts';
export { credentialAt, type CredentialPaths } from './credentials.ts';
export { effectAt, effectOf, effectOfAll, type Effect } from './effects.ts';
export { newestOpenClaw, openclawVersions, type OpenClawVersion } from './release.ts';
