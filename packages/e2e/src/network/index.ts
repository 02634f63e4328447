export type { Address } from './namespace.ts';
export {
  imdsAddress,
  PodNetwork,
  type InstanceNetwork,
  type InstanceNetworkOptions,
  type NetworkOptions,
} from './pod-network.ts';
export { whyNoNetwork } from './requirements.ts';
