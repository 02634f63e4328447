import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { BootstrapError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { retryAt } from './failure.ts';
import {
  ReleaseRecords,
  type Journal,
  type JournalStep,
  type UpgradeFailure,
  type UpgradeRecord,
} from './records.ts';

/**
 * The journal of an upgrade in the hands of one run. Whoever goes on with it elsewhere writes another name into it, and this
 * run writes nothing more.
 */
export class OwnedJournal {
  readonly #host: Host;
  readonly #records: ReleaseRecords;
  readonly #owner = randomUUID();
  #now: Journal;
  /** What was last seen in the record. */
  #seen: UpgradeRecord | undefined;

  /** @param seen the record as it was when the upgrade was decided */
  constructor(host: Host, journal: Journal, seen: UpgradeRecord | undefined) {
    this.#host = host;
    this.#records = new ReleaseRecords(host);
    this.#now = journal;
    this.#seen = seen;
  }

  get now(): Journal {
    return this.#now;
  }

  /** Is written with the next step. */
  add(facts: Pick<Journal, 'backup'> | Pick<Journal, 'before'>): void {
    this.#now = { ...this.#now, ...facts };
  }

  /** Writes that a step begins. @throws BootstrapError `STATE_LOCKED` */
  async enter(step: JournalStep, more: Partial<Journal> = {}): Promise<void> {
    // A release that is on the state for the first time was not cut short there.
    const isFirst = step === 'switch' && this.#now.step === 'copy';
    const { resumed, ...journal } = this.#now;
    const times = isFirst || resumed === undefined ? {} : { resumed };
    this.#now = { ...journal, ...times, ...more, step, owner: this.#owner };
    await this.#save(this.#now);
  }

  /** Writes how it has ended, once. @throws BootstrapError `STATE_LOCKED` */
  async fail(failure: UpgradeFailure): Promise<void> {
    if (this.#seen?.state === 'failed') return;
    const { from, to, spec, step } = this.#now;
    const now = this.#host.now();
    const again = retryAt(step, failure.code, now);
    await this.#save({ state: 'failed', from, to, spec, ...failure, at: now.toISOString(), ...again });
  }

  /** @throws BootstrapError `STATE_LOCKED`: another instance goes on with it */
  async mustBeOurs(): Promise<void> {
    if (isDeepStrictEqual(await this.#records.upgrade(), this.#seen)) return;
    throw new BootstrapError(
      'STATE_LOCKED',
      `Another instance goes on with the upgrade to OpenClaw ${this.#now.to}. This one begins again once that has ended.`,
    );
  }

  async #save(record: UpgradeRecord): Promise<void> {
    await this.mustBeOurs();
    await this.#records.saveUpgrade(record);
    this.#seen = record;
  }
}
