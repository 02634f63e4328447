import { backUp } from '../backup/create.ts';
import { remember } from '../backup/keep.ts';
import { wantedBy } from '../config/live-config.ts';
import { BootstrapError } from '../errors.ts';
import { gatewayUnitName } from '../openclaw/gateway-unit.ts';
import { openclawReleases, podsRun, type OpenClawVersion } from '../openclaw-release.ts';
import { gatewayPort } from '../spec/pod-spec.ts';
import { ensureInstalled } from '../steps/install-openclaw.ts';
import { installPlugins } from '../steps/install-plugins.ts';
import { mergeConfig } from '../steps/merge-config.ts';
import { showPlugins } from '../steps/show-plugins.ts';
import { startGateway } from '../steps/start-gateway.ts';
import type { Step, StepContext, StepResult, UpgradeSummary, Warning } from '../steps/step.ts';
import { failure as withLastWords } from '../steps/until-ready.ts';
import { waitReady } from '../steps/wait-ready.ts';
import { modelAnswers } from './ask-again.ts';
import { copyState, forgetCopy, giveRecords, keepCopy, restoreState } from './cold-copy.ts';
import { readState } from './counts.ts';
import { Downtime } from './downtime.ts';
import { failureOf } from './failure.ts';
import { whileNobodyWrites } from './fence.ts';
import { objections } from './gate.ts';
import { observeGateway, usualWatchSeconds } from './observe-gateway.ts';
import {
  journalSteps,
  ReleaseRecords,
  type Journal,
  type JournalStep,
  type UpgradeFailure,
  type UpgradeRecord,
} from './records.ts';
import { OwnedJournal } from './owned-journal.ts';
import { rehearse, type Rehearsed } from './rehearsal.ts';
import { installRehearsed } from './rehearsed-config.ts';
import { rolledBack } from './rolled-back.ts';
import { withRelease } from './with-release.ts';

/** What came of an upgrade. */
export interface Ended {
  readonly isKept: boolean;
  readonly result: StepResult;
}

/**
 * One release to the next, as a transaction: whatever happens, in the end one of the two runs with its own program, config
 * and state. Each step is written down before it begins, and can be done again: docs/decisions/0023.
 */
export class Upgrade {
  readonly #context: StepContext;
  readonly #records: ReleaseRecords;
  readonly #downtime: Downtime;
  readonly #journal: OwnedJournal;
  #rehearsed: Rehearsed | undefined;
  #changes: string[] = [];
  #warnings: Warning[] = [];
  #times: Omit<UpgradeSummary, 'from' | 'to'> = {};

  /**
   * @param context with the release that it leads to in its spec
   * @param seen the record as it was when this was decided
   */
  constructor(context: StepContext, journal: Journal, seen: UpgradeRecord | undefined) {
    const { host, spec } = context;
    this.#context = context;
    this.#journal = new OwnedJournal(host, journal, seen);
    this.#records = new ReleaseRecords(host);
    this.#downtime = new Downtime(host, gatewayPort(spec));
  }

  /** @throws what ended it in the middle; the journal stays, and the next run goes on */
  async run(): Promise<Ended> {
    const { units } = this.#context.host;
    try {
      // Where nobody supervises it any more, what a killed run has started still has the port and the fence.
      if ((await units.state(gatewayUnitName)).status !== 'active') await units.stop(gatewayUnitName);
      // A gateway that only was to be checked may have ended since.
      const begin = this.#journal.now.step === 'check' ? 'switch' : this.#journal.now.step;
      for (const step of journalSteps.slice(journalSteps.indexOf(begin), -1)) await this.#do(step);
      return await this.#keep();
    } catch (error) {
      await this.#downtime.end();
      this.#context.signal.throwIfAborted();
      if (error instanceof BootstrapError && error.code === 'STATE_LOCKED') throw error;
      return await this.#giveUp(failureOf(error));
    }
  }

  /** Ends an upgrade that cannot be gone on with, from whatever step it was cut short in. */
  async giveUp(failure: UpgradeFailure): Promise<Ended> {
    return await this.#giveUp(failure);
  }

  /** Puts program, config and state back to what they were, if the new release may have touched them. */
  async rollBack(failure: UpgradeFailure): Promise<Ended> {
    await this.#enter('roll-back', { failure });
    await this.#stopGateway();
    this.#downtime.resume();
    try {
      return await this.#goBack(failure);
    } finally {
      await this.#downtime.end();
    }
  }

  async #goBack(failure: UpgradeFailure): Promise<Ended> {
    const { host } = this.#context;
    // Whoever gets the fence next must read that it is over, or another gateway would migrate what is back.
    const why = await this.#fenced(async () => {
      const told = rolledBack(this.#journal.now, failure, await restoreState(host));
      await this.#letGo(() => this.#journal.fail(told));
      return told;
    });
    return await this.#gaveUp(why, () => this.#startAgain());
  }

  /** People are back as soon as the old gateway is, whatever the steps after this one have to do. */
  async #startAgain(): Promise<void> {
    const old = withRelease(this.#context, this.#journal.now.from as OpenClawVersion);
    try {
      await ensureInstalled(old);
      await installPlugins.apply(old);
      const rollbackStartMs = await this.#start(old, old);
      const rollbackDowntimeMs = await this.#downtime.end();
      if (rollbackDowntimeMs !== undefined)
        this.#times = { ...this.#times, rollbackDowntimeMs, rollbackStartMs };
    } catch (error) {
      if (!(error instanceof BootstrapError)) throw error;
      // The steps after this one try it again and fail by themselves; why it was rolled back must not be lost for that.
      this.#warnings.push({ code: error.code, message: error.message });
    }
  }

  async #do(step: JournalStep): Promise<void> {
    this.#context.signal.throwIfAborted();
    await this.#enter(step);
    switch (step) {
      case 'back-up':
        return await this.#backUp();
      case 'rehearse':
        return await this.#rehearse();
      case 'drain':
        return await this.#drain();
      case 'copy':
        return await this.#copy();
      case 'switch':
        return await this.#switch();
      default:
        return await this.#check();
    }
  }

  async #enter(step: JournalStep, more: Partial<Journal> = {}): Promise<void> {
    await this.#letGo(() => this.#journal.enter(step, more));
  }

  /** Where another instance goes on with it, that needs the fence which the gateway here has. */
  async #letGo(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      if (error instanceof BootstrapError && error.code === 'STATE_LOCKED') await this.#stopGateway();
      throw error;
    }
  }

  /** Does something while nobody else writes to the state, unless somebody has gone on with the upgrade meanwhile. */
  async #fenced<T>(action: () => Promise<T>): Promise<T> {
    return await whileNobodyWrites(this.#context, async () => {
      await this.#letGo(() => this.#journal.mustBeOurs());
      return await action();
    });
  }

  async #backUp(): Promise<void> {
    const { host } = this.#context;
    const { from, to } = this.#journal.now;
    if (!podsRun(from)) {
      // The new release backs up only what it has brought to its own form, and the old one is not installed here. Nor does
      // it run, so that a copy is whole.
      await this.#fenced(() => copyState(host));
      this.#changes.push(`copy the state of ${from}, which OpenClaw ${to} cannot back up`);
      return;
    }
    const context = withRelease(this.#context, from);
    await ensureInstalled(context);
    await giveRecords(host);
    const { id, file, at } = await this.#fenced(() => backUp(context, 'before-upgrade'));
    this.#changes.push(`back up the state as ${id}`);
    this.#journal.add({ backup: { id, file, at } });
    if (context.spec.backups !== undefined)
      await remember(context, { lastBackup: at, backupFailure: undefined });
  }

  async #rehearse(): Promise<void> {
    this.#rehearsed = await rehearse(this.#context, this.#journal.now.backup?.id, this.#watchSeconds);
    const { skipped } = this.#rehearsed;
    if (skipped === undefined)
      this.#changes.push(`rehearse OpenClaw ${this.#journal.now.to} on a copy of the state`);
    else this.#warnings.push({ code: 'UPGRADE_NOT_REHEARSED', message: `Not rehearsed: ${skipped}.` });
  }

  async #drain(): Promise<void> {
    const { from } = this.#journal.now;
    // The last moment at which the old one can say it.
    if (podsRun(from) && (await modelAnswers(withRelease(this.#context, from))))
      await this.#enter('drain', { answered: true });
    await this.#downtime.start();
    await this.#stopGateway();
  }

  /** And what talks to it, which holds the state open, too. */
  async #stopGateway(): Promise<void> {
    await this.#context.line.close();
    await this.#context.host.units.stop(gatewayUnitName);
  }

  async #copy(): Promise<void> {
    const { host } = this.#context;
    // Whoever goes on from here finds it as it was, or started again by a reboot.
    await this.#stopGateway();
    // Both only read, and everybody is offline. One that fails must not let go of the fence under the other.
    const [facts, copied] = await this.#fenced(() =>
      Promise.allSettled([readState(host, host.layout.state, false), copyState(host)]),
    );
    if (copied.status === 'rejected') throw copied.reason;
    if (facts.status === 'rejected') throw facts.reason;
    this.#journal.add({ before: facts.value.counts });
  }

  async #switch(): Promise<void> {
    const { from, to } = this.#journal.now;
    if (this.#rehearsed) {
      const { changes, warnings } = await installRehearsed(this.#context, this.#rehearsed);
      this.#changes.push(...changes);
      this.#warnings.push(...warnings);
    }
    this.#changes.push(`switch from OpenClaw ${from} to ${to}`);
    const startMs = await this.#start(this.#context, this.#inGoodTime());
    const downtimeMs = await this.#downtime.end();
    if (downtimeMs !== undefined) this.#times = { downtimeMs, startMs };
  }

  /** Merges the config, starts the gateway and waits until it is ready. @returns milliseconds from its start to ready */
  async #start(context: StepContext, waiting: StepContext): Promise<number> {
    const { host, spec } = context;
    const done = new Map(context.done);
    let started = 0;
    for (const step of [showPlugins, mergeConfig, startGateway, waitReady] satisfies Step[]) {
      if (step === startGateway) started = host.elapsed();
      const result = await step.apply({ ...(step === waitReady ? waiting : context), done });
      done.set(step.name, result);
      this.#changes.push(...result.changes);
      // The steps after this one find nothing to say any more.
      this.#warnings.push(...(result.warnings ?? []));
      if (step === mergeConfig || !result.rolledBack) continue;
      throw new BootstrapError(
        'GATEWAY_CONFIG_REFUSED',
        `OpenClaw ${spec.openclaw.version} does not run with the config of ${host.layout.state}.`,
      );
    }
    return Math.round(host.elapsed() - started);
  }

  /**
   * One that was ready on a copy soon and is not ready here after a multiple of that does not become so; meanwhile people
   * wait, and after a minute the load balancer has the instance replaced.
   */
  #inGoodTime(): StepContext {
    const { spec } = this.#context;
    const { readyMs } = this.#rehearsed ?? {};
    if (readyMs === undefined) return this.#context;
    const readyTimeoutSeconds = Math.min(spec.readyTimeoutSeconds, 15 + Math.ceil((3 * readyMs) / 1000));
    return { ...this.#context, spec: { ...spec, readyTimeoutSeconds } };
  }

  async #check(): Promise<void> {
    const { host, spec } = this.#context;
    const { to, before = {}, answered: mustAnswer = false } = this.#journal.now;
    const seen = await observeGateway(this.#context, { watchSeconds: this.#watchSeconds, mustAnswer });
    const wanted = await wantedBy(host, spec);
    const found = objections(seen, { before, wanted, release: openclawReleases[to as OpenClawVersion] });
    if (found.length === 0) return;
    const why = found.join('; ');
    // What has ended has said why.
    if (seen.down === undefined) throw new BootstrapError('UPGRADE_FAILED', `${why}.`);
    throw await withLastWords(this.#context, { code: 'UPGRADE_FAILED', why });
  }

  async #keep(): Promise<Ended> {
    const { host } = this.#context;
    const { from, to, backup } = this.#journal.now;
    const at = host.now().toISOString();
    await this.#letGo(() => this.#journal.mustBeOurs());
    await this.#records.saveLast({
      version: to,
      at,
      upgraded: { from, at, ...(backup === undefined ? {} : { backup }) },
    });
    // From here on it is kept: what cannot be tidied up must not roll it back, by a copy that is half gone. Who comes next
    // tries again, and says what is wrong.
    try {
      await this.#records.forgetUpgrade();
      await (backup === undefined ? keepCopy(host, from) : forgetCopy(host));
    } catch {}
    return { isKept: true, result: this.#result({ changes: [`OpenClaw ${to} is kept`] }) };
  }

  async #giveUp(failure: UpgradeFailure): Promise<Ended> {
    if (['switch', 'check'].includes(this.#journal.now.step)) return await this.rollBack(failure);
    const { from, to, step } = this.#journal.now;
    const message = `OpenClaw ${to} was not started on the state (${step}): ${failure.message} The pod goes on with ${from}.`;
    return await this.#gaveUp({ code: failure.code, message });
  }

  /** @param startAgain what gives people the old release back. Default: it still runs */
  async #gaveUp(failure: UpgradeFailure, startAgain?: () => Promise<void>): Promise<Ended> {
    const { host } = this.#context;
    const { from } = this.#journal.now;
    await this.#letGo(() => this.#journal.fail(failure));
    if (podsRun(from)) await startAgain?.();
    try {
      await forgetCopy(host);
    } catch (error) {
      // It takes room, and the next run tries again. The steps after this one must give people their gateway.
      if (!(error instanceof BootstrapError)) throw error;
      this.#warnings.push({ code: error.code, message: error.message });
    }
    if (!podsRun(from)) throw new BootstrapError('UPGRADE_FAILED', failure.message);
    return { isKept: false, result: this.#result({ runs: from, rolledBack: true, failure }) };
  }

  #result(end: {
    changes?: readonly string[];
    runs?: OpenClawVersion;
    rolledBack?: true;
    failure?: UpgradeFailure;
  }): StepResult {
    const { changes = [], failure, ...rest } = end;
    const { from, to } = this.#journal.now;
    const reason = failure as Warning | undefined;
    return {
      ...rest,
      changes: [...this.#changes, ...changes],
      warnings: [...this.#warnings, ...(reason === undefined ? [] : [reason])],
      upgrade: { from, to, ...this.#times },
    };
  }

  get #watchSeconds(): number {
    return this.#context.watchSeconds ?? usualWatchSeconds;
  }
}
