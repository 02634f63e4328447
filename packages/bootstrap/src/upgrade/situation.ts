import { openclawReleases, podsRun, type OpenClawVersion } from '../openclaw-release.ts';
import type { BootstrapErrorCode } from '../errors.ts';
import { retryHours } from './failure.ts';
import { pathBetween, reachableFrom } from './path.ts';
import type { FailedUpgrade, Journal, LastRelease, UpgradeRecord } from './records.ts';

export interface Known {
  /** The release that the state was last run with; undefined for a state that no gateway has touched. */
  readonly last: Pick<LastRelease, 'version' | 'upgraded'> | undefined;
  readonly record: UpgradeRecord | undefined;
  /** The release of the spec. */
  readonly wanted: OpenClawVersion;
  /** Digest of the spec. */
  readonly spec: string;
  readonly now: Date;
}

/** What is to be done about the release of a pod. */
export type Situation =
  /** The release of the spec is the one that runs, or is the first one. */
  | { readonly kind: 'none' }
  | { readonly kind: 'upgrade'; readonly from: string; readonly versions: readonly string[] }
  /** A run was cut short in an upgrade that is still asked for. */
  | { readonly kind: 'resume'; readonly journal: Journal }
  /** So many runs were cut short in it that the next one would be as well: a release that ends its machine tells nobody. */
  | { readonly kind: 'give-up'; readonly journal: Journal }
  /** One was cut short that is no longer asked for, or on its way back; `why`: or whose release cannot be had. */
  | { readonly kind: 'undo'; readonly journal: Journal; readonly why?: Refusal }
  /** The pod goes on with the release that it has. */
  | { readonly kind: 'held'; readonly runs: OpenClawVersion; readonly why: Refusal }
  /** There is no release with which it could go on. */
  | { readonly kind: 'refused'; readonly why: Refusal };

export interface Refusal {
  readonly code: BootstrapErrorCode;
  readonly message: string;
}

/** So often a run goes on with one that was cut short: the instance that is replaced for it, and the one after it. */
export const mostResumed = 2;

/** The steps in and after which the state is the new release's. */
export const touched: readonly string[] = ['switch', 'check', 'roll-back'];

export function situationOf({ last, record, wanted, spec, now }: Known): Situation {
  // It was kept, and the run ended before it had said so everywhere: what people did since then is no loss of the release.
  const wasKept = record?.state === 'under-way' && record.step !== 'roll-back' && last?.version === record.to;
  if (record?.state === 'under-way' && !wasKept) {
    // A release that this version of Clawharbor does not know cannot be started again: the way back needs only the old one.
    const canGoOn = record.step !== 'roll-back' && record.goal === wanted && podsRun(record.to);
    if (canGoOn) return { kind: (record.resumed ?? 0) < mostResumed ? 'resume' : 'give-up', journal: record };
    if (touched.includes(record.step)) return { kind: 'undo', journal: record };
  }
  if (last === undefined || last.version === wanted) return { kind: 'none' };
  if (record?.state === 'failed' && record.spec === spec && record.from === last.version) {
    if (!isTimeFor(record, now))
      return stay(last.version, { code: record.code as BootstrapErrorCode, message: record.message });
  }
  const path = pathBetween(last.version, wanted);
  if (path.kind === 'steps') return { kind: 'upgrade', from: last.version, versions: path.versions };
  return stay(
    last.version,
    path.kind === 'downgrade' ? downgrade(last, wanted) : noWay(last.version, wanted),
  );
}

/** What is left to be done where the release of the spec cannot be had, and another one may run instead. */
export function withoutRelease(situation: Situation, why: Refusal): Situation {
  switch (situation.kind) {
    case 'upgrade':
      return stay(situation.from, goesOnWith(situation.from, why));
    case 'resume': {
      const { journal } = situation;
      if (!touched.includes(journal.step)) return stay(journal.from, goesOnWith(journal.from, why));
      // Back to what no pod runs is no way: it is gone on with once the release can be had.
      return podsRun(journal.from) ? { kind: 'undo', journal, why } : { kind: 'refused', why };
    }
    default:
      return situation;
  }
}

const goesOnWith = (version: string, { code, message }: Refusal): Refusal => ({
  code,
  message: `${message} The pod goes on with ${version} until it can be had.`,
});

/** A time that lies further ahead than any is set is of a clock that was wrong. */
function isTimeFor({ retryAt }: FailedUpgrade, now: Date): boolean {
  if (retryAt === undefined) return false;
  const left = Date.parse(retryAt) - now.getTime();
  return left <= 0 || left > 2 * retryHours * 3_600_000;
}

function stay(version: string, why: Refusal): Situation {
  return podsRun(version) ? { kind: 'held', runs: version, why } : { kind: 'refused', why };
}

function downgrade({ version, upgraded }: NonNullable<Known['last']>, wanted: string): Refusal {
  const backup = upgraded?.backup;
  const isOfWanted = backup !== undefined && upgraded?.from === wanted;
  const which = isOfWanted
    ? `The last backup of ${wanted} is ${backup.id}: restore it with "clawharbor-bootstrap restore --from ${backup.id}". What was said and changed since ${backup.at} would be lost`
    : `Restore a backup that ${wanted} has made, see "clawharbor-bootstrap restore --list". What was said and changed since then would be lost`;
  return {
    code: 'DOWNGRADE_REFUSED',
    message: `The state was last run by OpenClaw ${version}, and ${wanted}, which the spec asks for, cannot read it: it goes back only by a backup. ${which}. The pod goes on with ${version}.`,
  };
}

function noWay(from: string, wanted: string): Refusal {
  const known = Object.hasOwn(openclawReleases, from);
  const others = reachableFrom(from);
  const instead = others.length > 0 ? `Set openclaw.version to ${others.join(' or ')}` : 'Restore a backup';
  const why = known
    ? `${wanted} does not take a state of ${from}. ${instead}.`
    : `it was last run by OpenClaw ${from}, which this version of Clawharbor does not know. Update Clawharbor, or bring the state to one that it knows by OpenClaw itself, on a copy.`;
  return { code: 'UPGRADE_REFUSED', message: `The state cannot come to OpenClaw ${wanted}: ${why}` };
}
