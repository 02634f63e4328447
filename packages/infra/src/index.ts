export { InfraError, type InfraErrorCode } from './error.ts';
export { loadConfig } from './config-file/load-config.ts';
export type { ExistingNetwork } from './parts/network.ts';
export {
  adminRole,
  memberRole,
  openclawConfig,
  type GatewayDecisions,
  type OpenClawConfig,
} from './openclaw-config.ts';
export { OpenClawPod, type OpenClawPodProps } from './openclaw-pod.ts';
export { defineConfig, podConfigSchema, type PodConfig, type PodConfigInput } from './options/pod-config.ts';
export { podOptionsSchema, type PodOptions, type PodOptionsInput } from './options/pod-options.ts';
export { PodStack, type PodStackProps } from './pod-stack.ts';
export {
  synthesize,
  type Resource,
  type SynthesizedPod,
  type SynthesizeOptions,
  type Template,
} from './synthesize.ts';
