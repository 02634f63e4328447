import type { BootstrapErrorCode } from '../errors.ts';

/** What the end of a gateway means. */
export interface Ending {
  readonly code: Extract<
    BootstrapErrorCode,
    'GATEWAY_CONFIG_REFUSED' | 'GATEWAY_NOT_READY' | 'STATE_LOCKED' | 'STATE_NEWER' | 'STATE_NEEDS_REPAIR'
  >;
  /** Whether another start of the same program with the same state may end otherwise. */
  readonly mayPass: boolean;
  /** Continues a sentence that begins with "The gateway". */
  readonly why: string;
}

interface Row extends Ending {
  readonly exitCodes: readonly number[];
  /** What the gateway said in that run. Absent: whatever it said. */
  readonly says?: RegExp;
}

/** Whole phrases: a gateway says of much that it is "blocked by" something or "already running". */
const owned =
  /existing gateway (is healthy|did not become)|gateway already running|another OpenClaw process|state directory is locked|lock timeout/i;

/**
 * What it says of maintenance names its kind, as in "requires session store migration" (`startup-maintenance-required.ts` of
 * 2026.9.5 and 2026.9.6). That some feature "requires migration", it says too, and starts.
 */
const unfit =
  /requires [a-z ]+ migration|state database schema migration required|readiness could not be verified|failed to start:.*(requires (repair|migration)|migration required)/i;

/**
 * Exit codes of OpenClaw, read together with what it said: the same code has several reasons, and the same reason several
 * codes. Measured on 2026.7.35, 2026.9.5 and 2026.9.6. The first row that fits counts; what none fits is a crash.
 */
const rows: readonly Row[] = [
  {
    exitCodes: [1],
    says: /older than the config last written by OpenClaw/,
    code: 'STATE_NEWER',
    mayPass: false,
    why: 'is older than the release that last wrote its config: a downgrade goes by restoring a backup',
  },
  {
    exitCodes: [1, 78],
    says: /newer schema version|schema\(s\) are newer than this build|requires a newer OpenClaw build/i,
    code: 'STATE_NEWER',
    mayPass: false,
    why: 'is older than the release that wrote its state: a downgrade goes by restoring a backup',
  },
  {
    exitCodes: [78],
    says: owned,
    code: 'STATE_LOCKED',
    mayPass: true,
    why: 'found another OpenClaw process that owns its state',
  },
  {
    exitCodes: [1],
    says: owned,
    code: 'STATE_LOCKED',
    mayPass: true,
    why: 'found another OpenClaw process that owns its state',
  },
  {
    exitCodes: [1, 78],
    says: unfit,
    code: 'STATE_NEEDS_REPAIR',
    mayPass: false,
    why: 'wants its state migrated or repaired with "openclaw doctor --fix" first',
  },
  {
    exitCodes: [78],
    code: 'GATEWAY_CONFIG_REFUSED',
    mayPass: false,
    why: 'refuses to start (exit code 78)',
  },
];

/**
 * What an end means.
 * @param exitCode undefined: it was killed
 * @param log of the unit, oldest first; what earlier runs said does not count
 */
export function endingOf(exitCode: number | undefined, log: readonly string[]): Ending {
  const said = lastRun(log).join('\n');
  const row = rows.find(
    ({ exitCodes, says }) =>
      exitCode !== undefined && exitCodes.includes(exitCode) && (says?.test(said) ?? true),
  );
  if (row) return { code: row.code, mayPass: row.mayPass, why: row.why };
  const end = exitCode === undefined ? 'was killed' : `exited with code ${exitCode}`;
  return { code: 'GATEWAY_NOT_READY', mayPass: true, why: end };
}

/** What supervisors say between two runs: systemd, and the process host. */
const supervisor = /^(Started|Starting|Stopped|Stopping) .*gateway|^openclaw\.service: |^clawharbor: /;

function lastRun(log: readonly string[]): readonly string[] {
  const end = log.findLastIndex((line) => !supervisor.test(line)) + 1;
  const start = log.slice(0, end).findLastIndex((line) => supervisor.test(line)) + 1;
  return log.slice(start, end);
}
