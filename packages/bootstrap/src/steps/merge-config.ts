import { acceptConfig, type AcceptedConfig } from '../config/accept-config.ts';
import { ConfigRecords } from '../config/config-records.ts';
import { parseSet, type LiveConfig } from '../config/config-set.ts';
import {
  giveToGateway,
  install,
  mendInterrupted,
  readLive,
  restore,
  setAsideUnreadable,
  wantedBy,
} from '../config/live-config.ts';
import { putBackLost } from '../config/lost-config.ts';
import { contradictions, merge, type Wanted } from '../config/merge.ts';
import { BootstrapError } from '../errors.ts';
import { readyToCall } from '../openclaw/gateway-call.ts';
import { configFile } from '../openclaw/gateway-unit.ts';
import type { Step, StepContext, StepResult, Warning } from './step.ts';
import { mayWait, untilQuiet } from './until-quiet.ts';

/** So often a merge is done again because somebody wrote the live config meanwhile. */
const attempts = 5;

/**
 * Merges what infrastructure decides into the live config: read, merge, ask OpenClaw, write atomically. OpenClaw is not
 * asked about what it has taken before.
 */
export const mergeConfig: Step = {
  name: 'merge-config',
  phase: 'activate',
  async plan({ host, spec }) {
    const { live, unreadable } = await readLive(host);
    if (unreadable !== undefined) return [`set the unreadable config aside: ${unreadable.message}`];
    const { changes, overruled } = merge(live, await wantedBy(host, spec));
    return [...changes, ...overruled.map((where) => `overrule ${where}`)];
  },
  async kept({ host, spec }) {
    const { live, unreadable } = await readLive(host);
    return unreadable === undefined ? merge(live, await wantedBy(host, spec)).kept : [];
  },
  async apply(context) {
    const { host } = context;
    const given = (await giveToGateway(host)) ? ["give the config to the gateway's user"] : [];
    let before: StepResult = { changes: [...given, ...(await mendInterrupted(host))] };
    // Once in a run: who edits the config meanwhile does not put off what was decided for ever.
    let mayPutOff = true;
    for (let attempt = 0; attempt < attempts; attempt++) {
      const { live, unreadable } = await readLive(host);
      if (unreadable !== undefined) {
        const message = await setAsideUnreadable(host, unreadable);
        before = joined(before, {
          changes: ['set the unreadable config aside'],
          warnings: [{ code: unreadable.code, message }],
        });
        continue;
      }
      const lost = await putBackLost(host, live);
      if (lost !== undefined) {
        before = joined(before, { changes: ['put the lost config back'], warnings: [lost] });
        continue;
      }
      const { result, isDone, wasPutOff } = await bringUpToDate(context, live, mayPutOff);
      before = joined(before, result);
      mayPutOff &&= wasPutOff !== true;
      if (isDone) return before;
    }
    throw new BootstrapError(
      'CONFIG_NOT_WRITTEN',
      `${configFile(host.layout)} was changed by someone else during each of ${attempts} merges. It was left as it is; run again.`,
    );
  },
};

interface Installed {
  readonly result: StepResult;
  /** Whether live is now what it should be; else it has changed, and has to be merged again. */
  readonly isDone: boolean;
  readonly wasPutOff?: boolean;
}

async function bringUpToDate(
  context: StepContext,
  live: LiveConfig | undefined,
  mayPutOff: boolean,
): Promise<Installed> {
  const { host, spec } = context;
  const { version } = spec.openclaw;
  const records = new ConfigRecords(host);
  const wanted = await wantedBy(host, spec);
  const known = live && (await records.accepted(live, wanted, version));
  if (known) {
    const { leftOut } = known;
    const { differs, kept } = merge(live, leftOut.length === 0 ? wanted : asApplied(wanted));
    // The agent can write records: what they say counts only where the config says the same.
    if (!differs && contradictions(live.joined.value, wanted, 'ways in').length === 0)
      return { result: resultOf({ changes: [], kept, leftOut }), isDone: true };
  }

  // What is about to change, the gateway is asked about: its client starts while OpenClaw is asked whether it takes it.
  await readyToCall(context);
  const accepted = await acceptConfig(host, spec, live, wanted);
  if ('rejected' in accepted)
    return { result: await fallBack(context, live, accepted.rejected), isDone: false };
  const waited = mayPutOff && mayWait(accepted.merged) ? await untilQuiet(context) : undefined;
  const wasPutOff = waited !== undefined;
  const told = wasPutOff ? [waited] : [];
  if (!(await install(host, spec, live, accepted))) {
    return { result: { changes: told }, isDone: false, wasPutOff };
  }
  const changes = [...told, ...changesOf(accepted)];
  return {
    result: {
      ...resultOf({ ...accepted.merged, ...accepted, changes }),
      ...(accepted.merged.effect === undefined ? {} : { effect: accepted.merged.effect }),
    },
    isDone: true,
  };
}

const asApplied = (wanted: Wanted): Wanted => ({ ...wanted, desired: wanted.lastApplied ?? {} });

function changesOf({ merged, migrated }: AcceptedConfig): readonly string[] {
  const moved = migrated.length > 0 ? ['bring the config into the form of this release'] : [];
  return merged.differs || migrated.length > 0 ? [...moved, ...merged.changes] : [];
}

function resultOf(done: {
  readonly changes: readonly string[];
  readonly kept?: readonly string[];
  readonly leftOut: readonly Warning[];
  readonly migrated?: readonly Warning[];
  readonly overruled?: readonly string[];
  readonly notes?: readonly string[];
}): StepResult {
  const { migrated = [], leftOut, overruled = [], notes = [] } = done;
  const include = (where: string): Warning => ({
    code: 'CONFIG_INCLUDE_OVERRULED',
    message: `${where} is not the file's to decide and does not take effect. What it said is in the history.`,
  });
  const note = (message: string): Warning => ({ code: 'CONFIG_MERGE_NOTE', message });
  return {
    changes: done.changes,
    kept: done.kept ?? [],
    warnings: [...migrated, ...leftOut, ...overruled.map(include), ...notes.map(note)],
    // The pod runs without something that infrastructure asked for; whatever people had to give up is a warning.
    ...(leftOut.length > 0 ? { rolledBack: true } : {}),
  };
}

/**
 * People wrote what OpenClaw rejects, whatever infrastructure leaves out: the last good config comes back, which is then
 * merged like any other.
 * @throws BootstrapError `CONFIG_REJECTED` if OpenClaw does not take that one either; nothing has changed then
 */
async function fallBack(
  context: StepContext,
  live: LiveConfig | undefined,
  why: string,
): Promise<StepResult> {
  const { host, spec } = context;
  const file = configFile(host.layout);
  const records = new ConfigRecords(host);
  const good = await records.lastGood();
  const wanted = { ...(await wantedBy(host, spec)), lastApplied: good?.lastApplied };
  const isUsable =
    good !== undefined && !('rejected' in (await acceptConfig(host, spec, parseSet(host, good), wanted)));
  if (!isUsable || !live) {
    throw new BootstrapError(
      'CONFIG_REJECTED',
      `The merged config is not used: ${why}. ${file} was left as it is.`,
    );
  }
  const kept = await restore(host, good, live);
  return {
    changes: [`restore the config of ${good.at}`],
    warnings: [
      {
        code: 'CONFIG_REJECTED',
        message: `The config is not used (${why}). The one of ${good.at} was restored with all its files; what was there is kept as ${kept.join(', ')}.`,
      },
    ],
  };
}

function joined(first: StepResult, second: StepResult): StepResult {
  return {
    ...first,
    ...second,
    changes: [...first.changes, ...second.changes],
    warnings: [...(first.warnings ?? []), ...(second.warnings ?? [])],
  };
}
