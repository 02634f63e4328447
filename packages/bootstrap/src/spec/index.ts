export {
  backupMetrics,
  metricNamespace,
  peopleMetric,
  replicaMetric,
  runMetrics,
  type RunMetric,
} from '../embedded-metrics.ts';
export { BootstrapError, type BootstrapErrorCode } from '../errors.ts';
export {
  defaultOpenClawVersion,
  isKnownVersion,
  podsRun,
  openclawReleases,
  openclawVersions,
  whyNotRun,
  type KnownOpenClawVersion,
  type OpenClawRelease,
  type OpenClawVersion,
} from '../openclaw-release.ts';
export { parsePodSpec } from './parse.ts';
export { configObjectOf, storedSpec, wholeSpec, type ConfigObject } from './stored-spec.ts';
export { commandsConfig } from '../commands/config.ts';
export { commandChoices, egressChoices, egressName, gatewayPort, podSpecSchema, type PodSpec, type PodSpecInput } from './pod-spec.ts';
