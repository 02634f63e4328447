import { stat } from 'node:fs/promises';
import { parseDocument } from '@clawharbor/config-merge';
import type { Effect } from '@clawharbor/config-merge/openclaw';
import type { Observation } from '../conditions.ts';
import type { LiveConfig } from '../config/config-set.ts';
import { readLive, wantedBy } from '../config/live-config.ts';
import { contradictions } from '../config/merge.ts';
import {
  fileOnDisk,
  isProved,
  saveFutile,
  saveProved,
  wasFutile,
  type OnDisk,
} from '../config/proved-config.ts';
import { BootstrapError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { followChange, noticeSeconds } from '../openclaw/follow-change.ts';
import { askGateway } from '../openclaw/gateway-call.ts';
import { configFile, gatewayUnitName } from '../openclaw/gateway-unit.ts';
import { askReady } from '../openclaw/ready-answer.ts';
import { reloadVerdict, type ReloadVerdict } from '../openclaw/reload-verdict.ts';
import { runningConfig, runsWith, type Running } from '../openclaw/running-config.ts';
import { gatewayPort } from '../spec/pod-spec.ts';
import { failure, untilReady } from './until-ready.ts';
import type { StepContext, StepResult, Warning } from './step.ts';

/** A change is in effect within a second, mostly; the client that asks is there already, and an answer takes milliseconds. */
const pollMilliseconds = 200;
const logLines = 200;
/** A question without an answer began a client of its own. */
const askAfterSilenceSeconds = 1;
/** Long enough for the client to be let go of meanwhile, whose start takes seconds of a small machine's time. */
const askWhileDeferredSeconds = 15;

export interface Followed {
  readonly changes: readonly string[];
  readonly warnings: readonly Warning[];
  readonly conditions: readonly [Observation];
  /** Whether the gateway was seen in this run to run with the config that is on disk. */
  readonly isProved: boolean;
}

/**
 * Sees to it that the gateway, which is ready, runs with the config that was decided: "ready" says that it runs with one.
 * A gateway that was seen to do so, and whose config is the same, is not asked again. It is restarted where it runs with
 * another config, once for each: what that does not mend is reported.
 * @throws BootstrapError `GATEWAY_CONFIG_REFUSED`
 */
export async function followConfig(context: StepContext): Promise<Followed> {
  const { host, spec, done } = context;
  const isFresh = hasChanged(done.get('start-gateway'));
  const merged = done.get('merge-config');
  const onDisk = await look(host);
  const state = await host.units.state(gatewayUnitName);
  if (!isFresh && !hasChanged(merged) && onDisk && (await isProved(host, spec, state, onDisk))) {
    return { changes: [], warnings: [], conditions: [inEffect], isProved: false };
  }
  const told = isFresh ? await askFresh(context) : await untilTaken(context, merged);
  if (told.isTaken) return told.result;
  const now = await look(host);
  const against = await againstDecided(context, now);
  // A restart would read what is on disk.
  if (against !== undefined) return unproved([], against, 'False');
  if (now && !wasLost(merged) && (await wasFutile(host, spec, now.set))) {
    return unproved([], `The gateway ${told.why}, and a restart did not help.`, 'False');
  }
  await host.units.restart(gatewayUnitName);
  await untilReady(context);
  const after = await askFresh(context);
  const change = `restart openclaw, which ${told.why}: everybody reconnects (1012), turns were let finish`;
  if (!after.isTaken) {
    if (now) await saveFutile(host, spec, now.set);
    return unproved([change], `The gateway ${after.why}, also after a restart.`, 'False');
  }
  const warnings: Warning[] = told.isOther
    ? [{ code: 'GATEWAY_RUNS_OTHERWISE', message: `The gateway ${told.why}; it was restarted.` }]
    : [];
  return {
    ...after.result,
    changes: [change, ...after.result.changes],
    warnings: [...warnings, ...after.result.warnings],
  };
}

type Told =
  | { readonly isTaken: true; readonly result: Followed }
  | { readonly isTaken: false; readonly why: string; readonly isOther: boolean };

/** A process that has just been started read its config from disk; it is asked all the same. */
async function askFresh(context: StepContext): Promise<Told> {
  const { host, signal } = context;
  const deadline = host.elapsed() + noticeSeconds * 1000;
  for (;;) {
    const { running, problem, onDisk } = await ask(context);
    if (running === 'in-effect' || running === 'seen') return await proved(context, onDisk, []);
    if (host.elapsed() < deadline) {
      await host.sleep(pollMilliseconds, signal);
      continue;
    }
    if (running !== undefined) return { isTaken: false, why: 'runs with another config', isOther: true };
    return { isTaken: true, result: unasked(onDisk, problem) };
  }
}

/** Waits for what a running gateway makes of a change. It answers "ready" all the while, whatever that is. */
async function untilTaken(context: StepContext, merged: StepResult | undefined): Promise<Told> {
  const { host, signal, spec } = context;
  const started = host.elapsed();
  const since = await changedAt(context);
  const isBack = wasLost(merged);
  let asked: Asked = {};
  let hasRestarted = false;
  let askAt = started;
  for (;;) {
    signal.throwIfAborted();
    const now = host.elapsed();
    const { status } = await askReady(host, gatewayPort(spec));
    if (status !== 200 && isBack) return { isTaken: false, why: 'runs with another config', isOther: true };
    if (status !== 200) {
      // OpenClaw restarts itself; whether that goes wrong is told there.
      await untilReady(context);
      hasRestarted = true;
      askAt = 0;
    }
    const said = reloadVerdict(await host.units.tail(gatewayUnitName, logLines), since);
    if (now >= askAt) {
      asked = await ask(context);
      const silence = asked.running === undefined ? askAfterSilenceSeconds : 0;
      const pause = said === 'restart' && !hasRestarted ? askWhileDeferredSeconds : silence;
      askAt = host.elapsed() + pause * 1000;
    }
    const verdict = followChange({
      status,
      said,
      running: asked.running,
      effect: merged?.effect,
      wasLost: isBack,
      seconds: (host.elapsed() - started) / 1000,
      readySeconds: spec.readyTimeoutSeconds,
    });
    if (verdict === 'in-effect') {
      const happened = hasRestarted ? 'restart' : effectTold(merged?.effect, said);
      return await proved(context, asked.onDisk, hasChanged(merged) ? [consequence[happened]] : []);
    }
    if (verdict === 'unknown') return { isTaken: true, result: unasked(asked.onDisk, asked.problem) };
    if (verdict !== 'wait') {
      if ('restart' in verdict) return { isTaken: false, why: verdict.restart, isOther: isBack };
      throw await failure(context, { code: 'GATEWAY_CONFIG_REFUSED', why: `says: ${verdict.refused}` });
    }
    await host.sleep(pollMilliseconds, signal);
  }
}

const lost = new Set(['CONFIG_LOST', 'CONFIG_UNPARSABLE']);

/** Whether this run put a lost config back: what the gateway runs with may be nobody's. */
function wasLost(merged: StepResult | undefined): boolean {
  return merged?.warnings?.some(({ code }) => lost.has(code)) ?? false;
}

/** What a change that is in effect did to the people who were there. */
const consequence: Readonly<Record<Effect, string>> = {
  live: 'the config is in effect, and nobody was cut off',
  reconnect: 'the config is in effect: everybody reconnected (4001)',
  restart: 'the config is in effect: OpenClaw restarted itself, and everybody reconnected (1012)',
};

/** The table may know a key as one that takes a restart where OpenClaw, with its plugins, did without. */
function effectTold(effect: Effect | undefined, said: ReloadVerdict | undefined): Effect {
  const told = effect ?? (said === 'restart' ? 'restart' : 'live');
  return told === 'restart' && said !== 'restart' ? 'live' : told;
}

/** What the gateway said before the config was written, it said of another one. */
async function changedAt({ host, startedAt }: StepContext): Promise<Date> {
  const file = await stat(configFile(host.layout)).catch(() => undefined);
  return file === undefined || file.mtime < startedAt ? startedAt : file.mtime;
}

interface Asked {
  /** Undefined: it did not say. */
  readonly running?: Running | undefined;
  /** The config that it was asked about. */
  readonly onDisk?: DecidedFile;
  /** Why it did not say. */
  readonly problem?: string;
}

async function ask(context: StepContext): Promise<Asked> {
  const onDisk = await look(context.host);
  if (onDisk === undefined) return {};
  try {
    const answer = await askGateway(context, 'config.get', {}, runningConfig);
    return { onDisk, running: runsWith(answer, parseDocument(onDisk.set.text, { lenient: true })) };
  } catch (error) {
    if (!(error instanceof BootstrapError)) throw error;
    return { onDisk, problem: error.message };
  }
}

type DecidedFile = OnDisk & { readonly set: LiveConfig };

/** @returns undefined where there is no config that could be read */
async function look(host: Host): Promise<DecidedFile | undefined> {
  const file = await fileOnDisk(host);
  const { live } = await readLive(host);
  return live && { set: live, file };
}

const inEffect: Observation = {
  type: 'ConfigInEffect',
  status: 'True',
  reason: 'AsDecided',
  message: 'The gateway runs with the config that is on disk, and every way in is as infrastructure decided.',
};

function unproved(changes: readonly string[], message: string, status: 'False' | 'Unknown'): Followed {
  const reason = status === 'False' ? 'RunsOtherwise' : 'NotAsked';
  return {
    changes,
    warnings: [{ code: 'GATEWAY_RUNS_OTHERWISE', message }],
    conditions: [{ type: 'ConfigInEffect', status, reason, message }],
    isProved: false,
  };
}

function unasked(onDisk: DecidedFile | undefined, problem = ''): Followed {
  if (onDisk === undefined) return unproved([], gone, 'False');
  const message = `The gateway is ready, and could not be asked what it runs with: ${problem}`;
  return unproved([], message, 'Unknown');
}

/** It runs with what is on disk. That may be somebody's edit by now, which the next run merges. */
async function proved(
  context: StepContext,
  onDisk: DecidedFile | undefined,
  changes: readonly string[],
): Promise<Told> {
  const { host, spec } = context;
  const against = await againstDecided(context, onDisk);
  if (onDisk === undefined || against !== undefined) {
    return { isTaken: true, result: unproved(changes, against ?? gone, 'False') };
  }
  await saveProved(host, spec, await host.units.state(gatewayUnitName), onDisk);
  return { isTaken: true, result: { changes, warnings: [], conditions: [inEffect], isProved: true } };
}

const gone = 'openclaw.json is gone. The next run puts it right.';

/** Why what is on disk is not what was decided, in a sentence; undefined: it is. */
async function againstDecided(
  { host, spec }: StepContext,
  onDisk: DecidedFile | undefined,
): Promise<string | undefined> {
  if (onDisk === undefined) return gone;
  const against = contradictions(onDisk.set.joined.value, await wantedBy(host, spec), 'ways in');
  if (against.length === 0) return undefined;
  return `openclaw.json was changed meanwhile (${against.join(', ')}). The next run puts it right.`;
}

function hasChanged(result: StepResult | undefined): boolean {
  return (result?.changes.length ?? 0) > 0;
}
