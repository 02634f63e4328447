export type { InstanceStatus, PodStatus } from './pod/operations.ts';
export { runPod, type PodOptions } from './pod/pod.ts';
export { openDataDirectory, type DataDirectory } from './pod/data-dir.ts';
export { PodError, type PodErrorCode } from './pod/errors.ts';
export type { LocalUser, PodEvent, ReadyEvent, StepEvent } from './pod/events.ts';
export { applyOverlay, laptopOverlay, type LaptopFacts, type OverlayChange } from './pod/overlay.ts';
