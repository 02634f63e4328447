import { rename } from 'node:fs/promises';
import { ConfigMergeError } from '@clawharbor/config-merge';
import { writeAtomically } from '../config/atomic-file.ts';
import { ConfigRecords, restoreConfig, sha256 } from '../config/config-records.ts';
import { desiredConfig } from '../config/desired.ts';
import { readIfPresent } from '../config/files.ts';
import { merge, parseLive, type LiveConfig, type MergedConfig } from '../config/merge.ts';
import { BootstrapError } from '../errors.ts';
import { configFile } from '../openclaw/gateway-unit.ts';
import { validateConfig } from '../openclaw/validate-config.ts';
import type { Step, StepContext, Warning } from './step.ts';

/** So often a merge is done again because somebody wrote the live config meanwhile. */
const attempts = 5;

/** Merges what infrastructure decides into the live config: read, merge, validate, write atomically. */
export const mergeConfig: Step = {
  name: 'merge-config',
  phase: 'activate',
  async plan(context) {
    const { live, unreadable } = await readLive(context);
    if (unreadable !== undefined) return [`set the unreadable config aside: ${unreadable}`];
    return [...(await mergeWith(context, live)).changes];
  },
  async apply(context) {
    const warnings: Warning[] = [];
    const changes: string[] = [];
    for (let attempt = 0; attempt < attempts; attempt++) {
      const read = await readLive(context);
      if (read.unreadable !== undefined) {
        warnings.push(await setAside(context, read.text, read.unreadable));
        changes.push('set the unreadable config aside');
        continue;
      }
      const merged = await mergeWith(context, read.live);
      const notes: Warning[] = merged.notes.map((message) => ({ code: 'CONFIG_MERGE_NOTE', message }));
      if (merged.differs && !(await write(context, merged.text, read.live?.text))) continue;
      await new ConfigRecords(context.host).saveLastApplied(desiredConfig(context.spec, context.host.layout));
      return {
        changes: [...changes, ...(merged.differs ? merged.changes : [])],
        warnings: [...warnings, ...notes],
      };
    }
    throw new BootstrapError(
      'CONFIG_NOT_WRITTEN',
      `${configFile(context.host.layout)} was changed by someone else during each of ${attempts} merges. It was left as it is; run again.`,
    );
  },
};

interface Read {
  readonly text?: string;
  readonly live?: LiveConfig;
  /** Why it cannot be read as a config. */
  readonly unreadable?: string;
}

async function readLive({ host }: StepContext): Promise<Read> {
  let text: string | undefined;
  try {
    text = await readIfPresent(configFile(host.layout));
    if (text === undefined) return {};
    return { text, live: parseLive(text) };
  } catch (error) {
    if (!(error instanceof ConfigMergeError || error instanceof BootstrapError)) throw error;
    return { ...(text === undefined ? {} : { text }), unreadable: error.message };
  }
}

async function mergeWith({ host, spec }: StepContext, live: LiveConfig | undefined): Promise<MergedConfig> {
  return merge(live, desiredConfig(spec, host.layout), await new ConfigRecords(host).lastApplied());
}

/**
 * Keeps an unreadable config under another name and puts the last good one in its place, if there is one. A crash at
 * any point leaves one of the two under the config's name.
 */
async function setAside({ host }: StepContext, text: string | undefined, why: string): Promise<Warning> {
  const records = new ConfigRecords(host);
  const file = configFile(host.layout);
  const aside = `${file}.unparsable-${host.now().toISOString().replaceAll(':', '-')}`;
  const good = await records.lastGood();
  if (good && text !== undefined) {
    await writeAtomically(aside, text, { beforeRename: (temporary) => host.own(temporary, 0o600) });
    await restoreConfig(host, good);
  } else {
    await rename(file, aside);
  }
  const instead = good ? `the config of ${good.at} was restored` : 'a new one was made from the spec';
  return {
    code: 'CONFIG_UNPARSABLE',
    message: `${file} could not be read (${why}). It was set aside as ${aside}; ${instead}.`,
  };
}

/** @returns false when the live config is no longer what was merged */
async function write(
  { host, spec }: StepContext,
  text: string,
  liveText: string | undefined,
): Promise<boolean> {
  const records = new ConfigRecords(host);
  const file = configFile(host.layout);
  if ((await records.refused())?.sha256 === sha256(text)) {
    throw new BootstrapError(
      'CONFIG_REJECTED',
      `The gateway refused to start with this config before. ${file} was left as it is; change the spec.`,
    );
  }
  try {
    await writeAtomically(file, text, {
      beforeRename: async (temporary) => {
        await host.own(temporary, 0o600);
        const { valid, issues } = await validateConfig(host, spec, temporary);
        if (!valid) {
          throw new BootstrapError(
            'CONFIG_REJECTED',
            `OpenClaw ${spec.openclaw.version} rejects the merged config; ${file} was left as it is. ${issues.join('; ')}`,
          );
        }
        if (liveText !== undefined) await records.keep(liveText);
        if ((await readIfPresent(file)) !== liveText) throw new LiveChanged();
      },
    });
  } catch (error) {
    if (error instanceof LiveChanged) return false;
    throw error;
  }
  return true;
}

/** Somebody wrote the live config between the merge and the rename. */
class LiveChanged extends Error {}
