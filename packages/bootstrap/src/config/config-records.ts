import { createHash } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { Host } from '../host/host.ts';
import { writeAtomically } from './atomic-file.ts';
import { fingerprint, isSameSet, type ConfigSet } from './config-set.ts';
import { readIfPresent } from './files.ts';
import type { Wanted } from './merge.ts';
import { forgetRecord, inRecords, writeRecord } from './record-file.ts';
import type { LeftOutWarning } from './wishes.ts';

const appliedConfig = z.record(z.string(), z.unknown());

const goodConfig = z.object({
  /** The main file as it was, comments included. */
  text: z.string(),
  /** The files that it included, by name. */
  includes: z.record(z.string(), z.string()).default({}),
  /** What infrastructure had applied to it. */
  lastApplied: appliedConfig.optional(),
  openclawVersion: z.string(),
  /** ISO 8601. */
  at: z.string(),
});

/** A config with which the gateway became ready, with all its files. */
export interface GoodConfig extends ConfigSet {
  readonly lastApplied: Readonly<Record<string, unknown>> | undefined;
  readonly openclawVersion: string;
  readonly at: string;
}

/** What OpenClaw took as a whole, with every way in as infrastructure decided. */
const acceptedConfig = z.object({
  sha256: z.string(),
  leftOut: z.array(z.object({ code: z.literal('CONFIG_WISH_LEFT_OUT'), message: z.string() })),
  at: z.iso.datetime(),
});

const refusedConfig = z.object({ sha256: z.string(), openclawVersion: z.string(), at: z.iso.datetime() });

const pendingEdits = z.object({
  /** Digest of the main file once the edits are complete; absent where it stays as it is. */
  main: z.string().optional(),
  edits: z.array(z.object({ name: z.string(), before: z.string(), text: z.string() })),
});

/** A change of an included file. */
export type Edit = Readonly<z.infer<typeof pendingEdits>['edits'][number]>;

/** A refusal may have had a reason outside of the config: after this time the config gets another chance. */
const refusedHours = 24;

const versionsKept = 20;

/** Of the directory below the records that keeps earlier configs. */
export const historyName = 'config-history';

function isThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

/** What the bootstrap remembers of configs, on the durable file system beside the state. */
export class ConfigRecords {
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  get historyDirectory(): string {
    return join(this.#host.layout.records, historyName);
  }

  /** The desired config of the last merge; undefined before the first, or if the record was damaged. */
  lastApplied(): Promise<Record<string, unknown> | undefined> {
    return this.#read('last-applied.json', appliedConfig);
  }

  saveLastApplied(desired: Readonly<Record<string, unknown>>): Promise<void> {
    return this.#write('last-applied.json', desired);
  }

  async lastGood(): Promise<GoodConfig | undefined> {
    const good = await this.#read('last-good.json', goodConfig);
    return (
      good && { ...good, lastApplied: good.lastApplied, includes: new Map(Object.entries(good.includes)) }
    );
  }

  async saveLastGood(config: Omit<GoodConfig, 'at'>): Promise<void> {
    const known = await this.lastGood();
    if (isSameSet(known, config) && known?.openclawVersion === config.openclawVersion) return;
    await this.#write('last-good.json', {
      ...config,
      includes: Object.fromEntries(config.includes),
      at: this.#host.now().toISOString(),
    } satisfies z.input<typeof goodConfig>);
  }

  /** Remembers that OpenClaw took a config, for these wishes, and what had to be left out for it. */
  async saveAccepted(
    set: ConfigSet,
    wanted: Wanted,
    openclawVersion: string,
    leftOut: readonly LeftOutWarning[],
  ): Promise<void> {
    await this.#write('accepted.json', {
      sha256: fingerprint(set, wanted, openclawVersion),
      leftOut: [...leftOut],
      at: this.#host.now().toISOString(),
    } satisfies z.input<typeof acceptedConfig>);
  }

  /** What is remembered of this config, with these wishes. What was left out gets another chance, as what was refused. */
  async accepted(
    set: ConfigSet,
    wanted: Wanted,
    openclawVersion: string,
  ): Promise<{ readonly leftOut: readonly LeftOutWarning[] } | undefined> {
    const known = await this.#read('accepted.json', acceptedConfig);
    if (known?.sha256 !== fingerprint(set, wanted, openclawVersion)) return undefined;
    return known.leftOut.length > 0 && !this.#isRecent(known.at) ? undefined : { leftOut: known.leftOut };
  }

  forgetAccepted(): Promise<void> {
    return forgetRecord(this.#host.layout, 'accepted.json');
  }

  /** Remembers which included files are being written, for a run that is cut short. */
  savePending(pending: {
    readonly main: string | undefined;
    readonly edits: readonly Edit[];
  }): Promise<void> {
    return this.#write('pending.json', pending);
  }

  pending(): Promise<z.infer<typeof pendingEdits> | undefined> {
    return this.#read('pending.json', pendingEdits);
  }

  forgetPending(): Promise<void> {
    return forgetRecord(this.#host.layout, 'pending.json');
  }

  /** Remembers a config that the gateway refused although it had passed validation. */
  saveRefused(set: ConfigSet, openclawVersion: string): Promise<void> {
    return this.#write('refused.json', {
      sha256: fingerprint(set),
      openclawVersion,
      at: this.#host.now().toISOString(),
    } satisfies z.infer<typeof refusedConfig>);
  }

  /** Whether this version of the gateway refused this very config in the last {@link refusedHours} hours. */
  async wasRefused(set: ConfigSet, openclawVersion: string): Promise<boolean> {
    const refused = await this.#read('refused.json', refusedConfig);
    return (
      refused?.sha256 === fingerprint(set) &&
      refused.openclawVersion === openclawVersion &&
      this.#isRecent(refused.at)
    );
  }

  #isRecent(at: string): boolean {
    // Another instance's clock may be ahead of this one's, but not by much.
    return Math.abs(this.#host.now().getTime() - Date.parse(at)) < refusedHours * 3_600_000;
  }

  /** Keeps a version of the config, newest {@link versionsKept}. @returns its file */
  async keep(text: string): Promise<string> {
    const stamp = this.#host.now().toISOString().replaceAll(':', '-');
    const file = `${stamp}-${sha256(text).slice(0, 12)}.json`;
    const called = join(this.historyDirectory, file);
    const { layout } = this.#host;
    await inRecords(layout, [], (here) => mkdir(join(here, historyName), { mode: 0o700 }).catch(isThere));
    await inRecords(layout, [historyName], async (here) => {
      await writeAtomically(join(here, file), text, { called });
      const names = (await readdir(here)).filter((name) => name.endsWith('.json')).toSorted();
      for (const name of names.slice(0, -versionsKept)) await rm(join(here, name), { force: true });
    });
    return called;
  }

  async #read<T>(name: string, schema: z.ZodType<T>): Promise<T | undefined> {
    const text = await readIfPresent(join(this.#host.layout.records, name));
    if (text === undefined) return undefined;
    try {
      return schema.parse(JSON.parse(text));
    } catch {
      // Written atomically by us alone: damaged means edited from outside. Without it the merge is more cautious.
      return undefined;
    }
  }

  #write(name: string, value: unknown): Promise<void> {
    return writeRecord(this.#host.layout, name, `${JSON.stringify(value, undefined, 2)}\n`);
  }
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
