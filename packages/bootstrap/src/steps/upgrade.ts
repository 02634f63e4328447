import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { BootstrapError } from '../errors.ts';
import type { OpenClawVersion } from '../openclaw-release.ts';
import type { PodSpec } from '../spec/pod-spec.ts';
import { forgetCopy, hasCopy, keepCopy } from '../upgrade/cold-copy.ts';
import { whileNobodyWrites } from '../upgrade/fence.ts';
import { lastReleaseOf } from '../upgrade/last-release.ts';
import { removeFailed, removeOld } from '../upgrade/old-releases.ts';
import { ReleaseRecords, type Journal, type UpgradeRecord } from '../upgrade/records.ts';
import { mostResumed, situationOf, withoutRelease, type Situation } from '../upgrade/situation.ts';
import { Upgrade, type Ended } from '../upgrade/transaction.ts';
import { withRelease } from '../upgrade/with-release.ts';
import { ensureInstalled, installOpenClaw } from './install-openclaw.ts';
import { installPlugins } from './install-plugins.ts';
import type { Step, StepContext, StepResult } from './step.ts';

/**
 * Brings the state from the release that it was last run with to the one of the spec, or keeps the pod on the release that
 * it has: docs/upgrades.md. Where they are the same, it reads two small files.
 */
export const upgrade: Step = {
  name: 'upgrade',
  phase: 'activate',
  async plan(context) {
    const { situation } = await situationIn(context, false);
    if (situation.kind === 'undo' || situation.kind === 'give-up')
      return [`roll back to OpenClaw ${situation.journal.from}`];
    if (situation.kind === 'resume') return [`go on with the upgrade to OpenClaw ${situation.journal.to}`];
    if (situation.kind !== 'upgrade') return [];
    return [situation.from, ...situation.versions].slice(0, -1).map((from, index) => {
      const work = 'back up, rehearse on a copy, stop, switch, check';
      return `upgrade OpenClaw ${from} to ${situation.versions[index]} (${work}): everybody is offline for one start of the gateway`;
    });
  },
  async kept(context) {
    const { situation } = await situationIn(context, false);
    return situation.kind === 'held' || situation.kind === 'refused'
      ? [`OpenClaw: ${situation.why.message}`]
      : [];
  },
  async apply(context) {
    let result: StepResult = { changes: [] };
    // Each round ends one upgrade of the way, or one that was cut short.
    for (;;) {
      const { record, situation: found } = await situationIn(context, true);
      const missing = context.done.get(installOpenClaw.name)?.missingRelease;
      const situation = missing === undefined ? found : withoutRelease(found, missing);
      switch (situation.kind) {
        case 'none':
          // No other does.
          if (missing !== undefined) result = joined(result, await installRelease(context));
          return joined(result, await asWarning(context, () => tidyAlone(context, record)));
        case 'refused':
          throw new BootstrapError(situation.why.code, situation.why.message);
        case 'held':
          return joined(result, await hold(context, situation, record));
        default: {
          const ended = await go(context, situation, record);
          // Which release a roll-back goes on with is true only until the next round has ended.
          const { runs: _, rolledBack: __, ...earlier } = result;
          result = joined(earlier, ended.result);
          if (!ended.isKept && situation.kind !== 'undo')
            return joined(result, await installed(context, result.runs));
        }
      }
    }
  },
};

/** The release with which a run goes on, as far as it can be seen before it. For a plan. */
export async function releaseToRun(context: StepContext): Promise<OpenClawVersion> {
  const { situation } = await situationIn(context, false);
  return situation.kind === 'held' ? situation.runs : context.spec.openclaw.version;
}

type Fenced = <T>(action: () => Promise<T>) => Promise<T>;

/** What is to be done, and the record by which that was decided. */
interface Decided {
  readonly situation: Situation;
  readonly record: UpgradeRecord | undefined;
}

async function situationIn(context: StepContext, mayWait: boolean): Promise<Decided> {
  const { host, spec } = context;
  const records = new ReleaseRecords(host);
  const decide = async (fenced: Fenced | undefined): Promise<Decided> => {
    const last = await lastReleaseOf(host, fenced);
    const record = await records.upgrade();
    const known = { last, record, wanted: spec.openclaw.version, spec: digestOf(spec), now: host.now() };
    return { situation: situationOf(known), record };
  };
  const fenced: Fenced | undefined = mayWait ? (action) => whileNobodyWrites(context, action) : undefined;
  const decided = await decide(fenced);
  const isOver =
    decided.record?.state !== 'under-way' && ['none', 'held', 'refused'].includes(decided.situation.kind);
  if (fenced === undefined || isOver) return decided;
  // The instance before this one may be in the middle of it: what is to be done is what its gateway has left.
  return await fenced(() => decide((action) => action()));
}

async function go(
  context: StepContext,
  situation: Extract<Situation, { kind: 'upgrade' | 'resume' | 'give-up' | 'undo' }>,
  seen: UpgradeRecord | undefined,
): Promise<Ended> {
  if (situation.kind !== 'upgrade') {
    const { journal } = situation;
    const ongoing = withRelease(context, journal.to as OpenClawVersion);
    if (situation.kind === 'undo') {
      const why = journal.failure ?? situation.why ?? noLongerWanted;
      return await new Upgrade(ongoing, journal, seen).rollBack(why);
    }
    if (situation.kind === 'give-up') return await new Upgrade(ongoing, journal, seen).giveUp(cutShort);
    await installRelease(ongoing);
    const resumed = { ...journal, resumed: (journal.resumed ?? 0) + 1 };
    return await new Upgrade(ongoing, resumed, seen).run();
  }
  const { from, versions } = situation;
  const to = versions[0] as OpenClawVersion;
  const journal: Journal = {
    state: 'under-way',
    from,
    to,
    goal: context.spec.openclaw.version,
    spec: digestOf(context.spec),
    step: 'back-up',
    startedAt: context.host.now().toISOString(),
  };
  const onTheWay = withRelease(context, to);
  await installRelease(onTheWay);
  // What a state without a record was last run with is seen in its databases only until the new release has had them.
  const records = new ReleaseRecords(context.host);
  if ((await records.last()) === undefined) await records.saveLast({ version: from, at: journal.startedAt });
  return await new Upgrade(onTheWay, journal, seen).run();
}

/** Of a release that was not on the state yet it says nothing: `UPGRADE_NOT_POSSIBLE` is tried again later. */
const cutShort = {
  code: 'UPGRADE_NOT_POSSIBLE',
  message: `it was cut short ${mostResumed + 1} times. See whether the machine has enough memory and time for it.`,
};

const noLongerWanted = {
  code: 'UPGRADE_FAILED',
  message: 'it was cut short, and the spec asks for something else by now.',
};

async function hold(
  context: StepContext,
  { runs, why }: Extract<Situation, { kind: 'held' }>,
  record: UpgradeRecord | undefined,
): Promise<StepResult> {
  const release = await installRelease(withRelease(context, runs));
  const left = await asWarning(context, async () => {
    await forgetCopyOfFailed(context);
    if (record?.state === 'under-way' && record.goal !== context.spec.openclaw.version)
      await forgetUnwanted(context, record);
    return await removeFailed(context.host);
  });
  return joined(joined(release, left), { changes: [], warnings: [why], rolledBack: true, runs });
}

/** What the run goes on with must be here, also on an instance that never ran it. */
async function installed(context: StepContext, runs: OpenClawVersion | undefined): Promise<StepResult> {
  return runs === undefined ? { changes: [] } : await installRelease(withRelease(context, runs));
}

/** A release with its plugins, where it is not the spec's. */
async function installRelease(context: StepContext): Promise<StepResult> {
  return joined(await ensureInstalled(context), await installPlugins.apply(context));
}

/** One that was cut short before the state was the new release's, and is no longer asked for. */
async function forgetUnwanted(context: StepContext, record: UpgradeRecord): Promise<void> {
  const { host } = context;
  const records = new ReleaseRecords(host);
  await whileNobodyWrites(context, async () => {
    if (!isDeepStrictEqual(await records.upgrade(), record)) return;
    await forgetCopy(host);
    await records.forgetUpgrade();
  });
}

/** A run that was killed right after it had given up has left the copy, as large as the state. */
async function forgetCopyOfFailed({ host }: StepContext): Promise<void> {
  const record = await new ReleaseRecords(host).upgrade();
  if (record?.state === 'failed' && (await hasCopy(host))) await forgetCopy(host);
}

/** What is left of upgrades takes room, and harms nobody: that it cannot go is no reason to do without a pod. */
async function asWarning({ signal }: StepContext, remove: () => Promise<string[]>): Promise<StepResult> {
  try {
    return { changes: await remove() };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof BootstrapError)) throw error;
    const { code, message } = error;
    return { changes: [], warnings: [{ code, message }] };
  }
}

/** Where another instance may still be about one, not beside it. */
function tidyAlone(context: StepContext, record: UpgradeRecord | undefined): Promise<string[]> {
  const remove = (): Promise<string[]> => tidy(context, record);
  return record?.state === 'under-way' ? whileNobodyWrites(context, remove) : remove();
}

/** What is left of upgrades that are over. */
async function tidy(context: StepContext, record: UpgradeRecord | undefined): Promise<string[]> {
  const { host } = context;
  const records = new ReleaseRecords(host);
  // Whoever has begun or gone on with one meanwhile needs what it has left.
  if (!isDeepStrictEqual(await records.upgrade(), record)) return [];
  if (await hasCopy(host)) {
    // An upgrade was given up, or it was kept: the run was killed before it was through.
    const { version, upgraded } = (await records.last()) ?? {};
    const wasKept = record === undefined || (record.state === 'under-way' && record.to === version);
    const isWayBack = wasKept && upgraded !== undefined && upgraded.backup === undefined;
    await (isWayBack ? keepCopy(host, upgraded.from) : forgetCopy(host));
  }
  if (record !== undefined) await records.forgetUpgrade();
  return await removeOld(context);
}

function joined(first: StepResult, second: StepResult): StepResult {
  return {
    ...first,
    ...second,
    changes: [...first.changes, ...second.changes],
    warnings: [...(first.warnings ?? []), ...(second.warnings ?? [])],
  };
}

function digestOf(spec: PodSpec): string {
  return createHash('sha256').update(JSON.stringify(spec)).digest('hex');
}
