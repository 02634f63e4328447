export { InfraError, type InfraErrorCode } from './errors.ts';
export { loadConfig } from './config-file/load-config.ts';
export type { ExistingFileSystem, ExistingLogin, ExistingParts } from './parts/existing-parts.ts';
export type { AlarmId } from './parts/alarm-table.ts';
export type { ExistingNetwork } from './parts/network.ts';
export {
  adminRole,
  memberRole,
  openclawConfig,
  type GatewayDecisions,
  type OpenClawConfig,
} from './openclaw-config.ts';
export type { OpenClawPodAttributes } from './imported-pod.ts';
export { podMetrics, type MetricDefinition, type MetricSubject, type PodMetricId } from './parts/metrics.ts';
export { OpenClawPod } from './openclaw-pod.ts';
export type { OpenClawPodProps } from './openclaw-pod-props.ts';
export { defineConfig, podConfigSchema, type PodConfig } from './options/pod-config.ts';
export { podOptionsSchema, type PodOptions } from './options/pod-options.ts';
export type * from './options/pod-props.ts';
export type { IOpenClawPod } from './pod-base.ts';
export { PodStack, type PodStackProps } from './pod-stack.ts';
export {
  synthesize,
  type Resource,
  type SynthesizedPod,
  type SynthesizeOptions,
  type Template,
} from './synthesize.ts';
