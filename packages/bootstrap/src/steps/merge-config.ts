import { ConfigRecords, type GoodConfig } from '../config/config-records.ts';
import { desiredConfig } from '../config/desired.ts';
import { copyAside, readLive, replaceLive, setAsideUnreadable } from '../config/live-config.ts';
import { merge, parseLive, type LiveConfig, type MergedConfig } from '../config/merge.ts';
import { BootstrapError } from '../errors.ts';
import { configFile } from '../openclaw/gateway-unit.ts';
import { validateConfig } from '../openclaw/validate-config.ts';
import type { Step, StepContext, StepResult, Warning } from './step.ts';

/** So often a merge is done again because somebody wrote the live config meanwhile. */
const attempts = 5;

/** Merges what infrastructure decides into the live config: read, merge, validate, write atomically. */
export const mergeConfig: Step = {
  name: 'merge-config',
  phase: 'activate',
  async plan(context) {
    const { live, unreadable } = await readLive(context.host);
    if (unreadable !== undefined) return [`set the unreadable config aside: ${unreadable}`];
    return [...(await mergeWith(context, live)).changes];
  },
  async apply(context) {
    let before: StepResult = { changes: [] };
    for (let attempt = 0; attempt < attempts; attempt++) {
      const read = await readLive(context.host);
      if (read.unreadable !== undefined) {
        const message = await setAsideUnreadable(context.host, read.unreadable);
        before = {
          changes: ['set the unreadable config aside'],
          warnings: [{ code: 'CONFIG_UNPARSABLE', message }],
        };
        continue;
      }
      const result = await install(context, read.live);
      if (result) return joined(before, result);
    }
    throw new BootstrapError(
      'CONFIG_NOT_WRITTEN',
      `${configFile(context.host.layout)} was changed by someone else during each of ${attempts} merges. It was left as it is; run again.`,
    );
  },
};

function joined(first: StepResult, second: StepResult): StepResult {
  return {
    ...second,
    changes: [...first.changes, ...second.changes],
    warnings: [...(first.warnings ?? []), ...(second.warnings ?? [])],
  };
}

/** @returns undefined when the live config is no longer what was merged */
async function install(context: StepContext, live: LiveConfig | undefined): Promise<StepResult | undefined> {
  const merged = await mergeWith(context, live);
  const warnings = merged.notes.map((message): Warning => ({ code: 'CONFIG_MERGE_NOTE', message }));
  if (merged.differs) {
    const rejected = await rejection(context, merged.text);
    if (rejected !== undefined) return fallBack(context, live, rejected);
    if (!(await replaceLive(context.host, live, merged.text))) return undefined;
  }
  await new ConfigRecords(context.host).saveLastApplied(desiredConfig(context.spec, context.host.layout));
  return { changes: merged.differs ? merged.changes : [], warnings };
}

/** Why OpenClaw does not take a config; undefined if it does. */
async function rejection({ host, spec }: StepContext, text: string): Promise<string | undefined> {
  const { version } = spec.openclaw;
  if (await new ConfigRecords(host).wasRefused(text, version)) {
    return `the gateway ${version} refused to run with it before`;
  }
  const { valid, issues } = await validateConfig(host, spec, text);
  return valid ? undefined : `OpenClaw ${version} rejects it: ${issues.join('; ')}`;
}

/**
 * What the gateway runs with while the merged config cannot be had. First the last good config with what infrastructure
 * decides: nobody switches that off by an edit that clashes with it. If infrastructure itself asks for what OpenClaw
 * rejects, people keep what they have.
 * @throws BootstrapError `CONFIG_REJECTED` if there is no config that OpenClaw takes
 */
async function fallBack(
  context: StepContext,
  live: LiveConfig | undefined,
  why: string,
): Promise<StepResult | undefined> {
  const { host, spec } = context;
  const file = configFile(host.layout);
  const desired = desiredConfig(spec, host.layout);
  const records = new ConfigRecords(host);
  const lastGood = await records.lastGood();
  const good = lastGood?.text === live?.text ? undefined : lastGood;
  const warn = (instead: string): Warning[] => [
    { code: 'CONFIG_REJECTED', message: `The merged config is not used (${why}). ${instead}` },
  ];
  const restore = async (from: GoodConfig, text: string, applied: GoodConfig['lastApplied']) => {
    const aside = live ? `; the live one was set aside as ${await copyAside(host, live)}` : '';
    if (!(await replaceLive(host, live, text))) return undefined;
    if (applied) await records.saveLastApplied(applied);
    return {
      changes: [`restore the config of ${from.at}`],
      warnings: warn(`The config of ${from.at} was restored${aside}.`),
    };
  };

  if (good) {
    const { text } = merge(parseLive(good.text), desired, good.lastApplied);
    if ((await rejection(context, text)) === undefined) return restore(good, text, desired);
  }
  if (live && (await rejection(context, live.text)) === undefined) {
    return { changes: [], warnings: warn(`${file} was left as it is; change the spec.`), rolledBack: true };
  }
  if (good && (await rejection(context, good.text)) === undefined) {
    const restored = await restore(good, good.text, good.lastApplied);
    return restored && { ...restored, rolledBack: true };
  }
  throw new BootstrapError(
    'CONFIG_REJECTED',
    `The merged config is not used: ${why}. ${file} was left as it is.`,
  );
}

async function mergeWith({ host, spec }: StepContext, live: LiveConfig | undefined): Promise<MergedConfig> {
  return merge(live, desiredConfig(spec, host.layout), await new ConfigRecords(host).lastApplied());
}
