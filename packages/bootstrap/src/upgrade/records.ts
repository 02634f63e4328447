import { join } from 'node:path';
import * as z from 'zod';
import { readIfPresent } from '../config/files.ts';
import { forgetRecord, writeRecord } from '../config/record-file.ts';
import type { Host } from '../host/host.ts';
import type { Layout } from '../host/layout.ts';
import { counts } from './counts.ts';

const backup = z.object({ id: z.string(), file: z.string(), at: z.string() });
/** A backup of before an upgrade, as far as a way back needs it. */
export type KeptBackup = Readonly<z.infer<typeof backup>>;

const lastRelease = z.object({
  /** The release with which the gateway was ready on this state. */
  version: z.string(),
  /** ISO 8601. */
  at: z.string(),
  /** The upgrade that brought it here; absent before the first, and once what it had left behind was removed. */
  upgraded: z.object({ from: z.string(), at: z.string(), backup: backup.optional() }).optional(),
});
/** The release that the state was last run with. */
export type LastRelease = Readonly<z.infer<typeof lastRelease>>;

/** In their order. Up to `copy` nothing of the pod has changed but that its gateway stands still. */
export const journalSteps = ['back-up', 'rehearse', 'drain', 'copy', 'switch', 'check', 'roll-back'] as const;
export type JournalStep = (typeof journalSteps)[number];

const failure = z.object({ code: z.string(), message: z.string() });
export type UpgradeFailure = Readonly<z.infer<typeof failure>>;

const journal = z.object({
  state: z.literal('under-way'),
  from: z.string(),
  /** The release that this step of the way leads to. */
  to: z.string(),
  /** The release that the spec asks for. */
  goal: z.string(),
  /** Digest of the spec that asks for it. */
  spec: z.string(),
  /** What is done now; what comes before it is done. */
  step: z.enum(journalSteps),
  startedAt: z.string(),
  /** The run that does it: another one that goes on with it says so here first. Absent: of before this record. */
  owner: z.string().optional(),
  /** How many runs have gone on with it after one that was cut short, before the switch or since. Absent: none. */
  resumed: z.int().optional(),
  backup: backup.optional(),
  /** What the state held when the old gateway had stopped. */
  before: counts.optional(),
  /** Whether the default model answered the old gateway. Absent: nobody asked, or it did not. */
  answered: z.literal(true).optional(),
  /** Why it is rolled back. */
  failure: failure.optional(),
});
/** How far an upgrade is: written before each of its steps, so that whoever comes next goes on from there. */
export type Journal = Readonly<z.infer<typeof journal>>;

const failed = failure.extend({
  state: z.literal('failed'),
  from: z.string(),
  to: z.string(),
  spec: z.string(),
  at: z.iso.datetime(),
  /** When it may be tried again although the spec is the same, ISO 8601. Absent: not before the spec changes. */
  retryAt: z.iso.datetime().optional(),
});
/** An upgrade that is not tried again, until the spec changes. */
export type FailedUpgrade = Readonly<z.infer<typeof failed>>;

const upgradeRecord = z.discriminatedUnion('state', [journal, failed]);
export type UpgradeRecord = Readonly<z.infer<typeof upgradeRecord>>;

/** What the bootstrap remembers of releases, on the durable file system beside the state. */
export class ReleaseRecords {
  readonly #layout: Layout;

  constructor({ layout }: Host) {
    this.#layout = layout;
  }

  /** Undefined before the first gateway was ready, and for pods of before this record. */
  last(): Promise<LastRelease | undefined> {
    return this.#read('release.json', lastRelease);
  }

  saveLast(release: LastRelease): Promise<void> {
    return this.#write('release.json', release);
  }

  upgrade(): Promise<UpgradeRecord | undefined> {
    return this.#read('upgrade.json', upgradeRecord);
  }

  saveUpgrade(record: UpgradeRecord): Promise<void> {
    return this.#write('upgrade.json', record);
  }

  forgetUpgrade(): Promise<void> {
    return forgetRecord(this.#layout, 'upgrade.json');
  }

  async #read<T>(name: string, schema: z.ZodType<T>): Promise<T | undefined> {
    const text = await readIfPresent(join(this.#layout.records, name));
    if (text === undefined) return undefined;
    try {
      return schema.parse(JSON.parse(text));
    } catch {
      // Written atomically by us alone: damaged means edited from outside. The databases say the release, too.
      return undefined;
    }
  }

  #write(name: string, value: unknown): Promise<void> {
    return writeRecord(this.#layout, name, `${JSON.stringify(value, undefined, 2)}\n`);
  }
}
