export { execute, succeed, type ExecuteOptions, type Execution } from './execute.ts';
export { createInstance, runUserData, type AccessPoint, type InstanceOptions } from './instance.ts';
export type { Relay } from './network-namespace.ts';
export { whyNoContainer } from './requirements.ts';
export { defaultCacheDirectory, rootFileSystem } from './root-file-system.ts';
export { SystemdContainer, type Bind, type SystemdContainerOptions } from './systemd-container.ts';
