export { restoreDatabase, type Restored, type RestoreOptions } from './restore.ts';
export { Shipper, type ShipperOptions, type ShipperStatus, type Tick } from './shipper.ts';
