import type { BootstrapErrorCode } from '../errors.ts';

/** Where what a launch fails for lies. What lies outside of the machine, the next machine finds as this one has. */
export type Place = 'machine' | 'spec' | 'secret' | 'config' | 'state' | 'anywhere';

/**
 * For each code where a failure of it lies, where a launch fails for it; `anywhere`: the code does not tell. Those that are
 * warnings only, or of late steps, fail no launch; they stand here so that a code is never forgotten.
 */
const places: Readonly<Record<BootstrapErrorCode, Place>> = {
  SPEC_UNREADABLE: 'spec',
  SPEC_INVALID: 'spec',
  // The next instance brings the program that knows it.
  SPEC_TOO_NEW: 'machine',
  OPENCLAW_VERSION_NOT_RUN: 'spec',
  UPGRADE_REFUSED: 'spec',
  DOWNGRADE_REFUSED: 'spec',
  UPGRADE_REHEARSAL_FAILED: 'spec',
  UPGRADE_FAILED: 'spec',

  SECRET_UNREADABLE: 'secret',
  SECRET_INVALID: 'secret',

  CONFIG_UNPARSABLE: 'config',
  CONFIG_LOST: 'config',
  CONFIG_REJECTED: 'config',
  CONFIG_MIGRATED: 'config',
  CONFIG_WISH_LEFT_OUT: 'config',
  CONFIG_INCLUDE_OVERRULED: 'config',
  CONFIG_NOT_IN_EFFECT: 'config',
  CONFIG_NOT_WRITTEN: 'config',
  CONFIG_MERGE_NOTE: 'config',
  // An error only where there is no good one to go back to.
  GATEWAY_CONFIG_REFUSED: 'config',
  MODEL_NOT_ANSWERING: 'config',
  COMMANDS_NOT_APART: 'anywhere',
  PEOPLE_NOT_READ: 'anywhere',
  PERSON_UNKNOWN: 'anywhere',

  STATE_NEWER: 'state',
  STATE_NEEDS_REPAIR: 'state',
  FILE_NOT_REGULAR: 'state',
  FILE_TOO_LARGE: 'state',
  RECORD_FOREIGN: 'state',
  REPLICA_DAMAGED: 'state',
  REPLICA_MISSING: 'state',
  BACKUP_CORRUPT: 'state',
  BACKUP_NOT_FOUND: 'state',
  BACKUP_FOREIGN: 'state',
  BACKUP_NEWER: 'state',
  BACKUP_OVERDUE: 'state',
  BACKUP_NOT_STORED: 'state',
  BACKUP_BUCKET_UNREADABLE: 'state',
  DRILL_OVERDUE: 'state',

  HOST_UNSUPPORTED: 'machine',
  // It has asked for ten minutes; a machine in another zone goes another way.
  OPENCLAW_NOT_INSTALLABLE: 'machine',
  STATE_NOT_MOUNTED: 'machine',
  STATE_NOT_ANSWERING: 'machine',
  DISK_FULL: 'machine',
  DISK_READ_ONLY: 'machine',
  LIFECYCLE_SIGNAL_FAILED: 'machine',
  BUNDLE_NOT_BUILT: 'machine',
  REPORT_ABSENT: 'machine',
  USAGE: 'machine',

  OPENCLAW_UNUSABLE: 'anywhere',
  PLUGIN_MISSING: 'anywhere',
  ARTIFACT_CORRUPT: 'anywhere',
  ARTIFACT_NOT_STORED: 'anywhere',
  // By an instance that is going, or by one that nobody knows of.
  STATE_LOCKED: 'anywhere',
  STATE_UNLOCKED: 'anywhere',
  STATE_NOT_LOCKABLE: 'anywhere',
  // By its owner, or for an error of this machine's mount.
  FILE_UNREADABLE: 'anywhere',
  LEFTOVER_KEPT: 'anywhere',
  UNIT_FAILED: 'anywhere',
  // Of the spec, or of what this machine runs besides.
  PORT_TAKEN: 'anywhere',
  GATEWAY_NOT_READY: 'anywhere',
  GATEWAY_LETS_NOBODY_IN: 'anywhere',
  GATEWAY_HUNG: 'anywhere',
  GATEWAY_CALL_FAILED: 'anywhere',
  GATEWAY_RUNS_OTHERWISE: 'anywhere',
  GATEWAY_MEMORY_HIGH: 'anywhere',
  UPGRADE_NOT_POSSIBLE: 'anywhere',
  UPGRADE_NOT_REHEARSED: 'anywhere',
  PROFILE_NOT_CREATED: 'anywhere',
  COMMAND_FAILED: 'anywhere',
  BACKUP_FAILED: 'anywhere',
  DRILL_FAILED: 'anywhere',
};

/** Whoever gets a code of the system, or `UNEXPECTED`, knows no more than that it failed. */
export function placeOf(code: string): Place {
  return Object.hasOwn(places, code) ? places[code as BootstrapErrorCode] : 'anywhere';
}

/** `hold`: Auto Scaling is kept waiting. `abandon`: it replaces the instance. */
export type Verdict = 'hold' | 'abandon';

export interface Launch {
  /** Whether this launch is held already. Somebody may be at work on it, and then it fails in other ways, too. */
  readonly isHeld: boolean;
  /** Whether another instance has failed with the same code by the same spec, and none has come into service since. */
  readonly hasFailedElsewhere: boolean;
}

/** What becomes of a launch that has failed. Pure. */
export function verdictOf(code: string, { isHeld, hasFailedElsewhere }: Launch): Verdict {
  const place = placeOf(code);
  if (place === 'machine') return 'abandon';
  if (place === 'anywhere') return isHeld || hasFailedElsewhere ? 'hold' : 'abandon';
  return 'hold';
}

const remedies: Readonly<Record<Place, string>> = {
  machine: 'start an instance refresh',
  spec: 'deploy a spec without that',
  secret: 'put the secret right, or what its reader may do',
  config: 'mend the config on the instance, or deploy another one',
  state:
    'mend the state on the instance (`openclaw doctor --fix`), go back to a backup (`clawharbor-bootstrap restore --list`), or deploy the release that it needs',
  anywhere: 'look at it on the instance, or deploy what does not need it',
};

/** What to do for a launch that is held, in one sentence without its end. */
export function remedyOf(code: string): string {
  return remedies[placeOf(code)];
}
