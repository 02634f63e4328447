export { restoreDatabase, type Restored, type RestoreOptions } from './restore.ts';
export { Shipper } from './shipper.ts';
export type { ShipperOptions, ShipperStatus, Tick } from './shipper-options.ts';
