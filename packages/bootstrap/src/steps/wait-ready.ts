import type { Observation } from '../conditions.ts';
import { acceptConfig } from '../config/accept-config.ts';
import { ConfigRecords } from '../config/config-records.ts';
import { isSameSet, parseSet, type LiveConfig } from '../config/config-set.ts';
import { readIfPresent } from '../config/files.ts';
import { install, readLive, restore, wantedBy } from '../config/live-config.ts';
import { BootstrapError, type BootstrapErrorCode } from '../errors.ts';
import { readyToCall } from '../openclaw/gateway-call.ts';
import { configFile, gatewayUnitName } from '../openclaw/gateway-unit.ts';
import { forgetRefusedStart } from '../openclaw/refused-start.ts';
import { untilPluginLoaded } from '../plugin/loaded.ts';
import { untilSignInWorks } from '../plugin/sign-in.ts';
import { followConfig } from './follow-config.ts';
import type { Step, StepContext, StepResult } from './step.ts';
import { untilReady } from './until-ready.ts';

/**
 * Waits until the gateway is ready, and runs with the config that was decided; one that refuses its config gets the last
 * good one back, once. What another config or state was refused for, says nothing of the one that is here.
 */
export const waitReady: Step = {
  name: 'wait-ready',
  phase: 'activate',
  plan: async () => [],
  async apply(context) {
    const begunWith = isStarted(context) ? (await readLive(context.host)).live : undefined;
    try {
      return await whenReady(context);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const { live } = await readLive(context.host);
      if (begunWith !== undefined && isSameSet(begunWith, live))
        return await rollBack(context, error, begunWith);
    }
    await forgetRefusedStart(context.host);
    await context.host.units.start(gatewayUnitName);
    const { live: tried } = await readLive(context.host);
    const again = 'start openclaw again, which had begun before the config was what it is now';
    try {
      const { changes, ...rest } = await whenReady(context);
      return { ...rest, changes: [again, ...changes] };
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return await rollBack(context, error, tried);
    }
  },
};

async function whenReady(context: StepContext): Promise<StepResult> {
  if (isStarted(context)) await readyToCall(context);
  const { brokenChannels, ...gateway } = await untilReady(context);
  await untilPluginLoaded(context);
  const { isProved, ...followed } = await followConfig(context);
  // Not before: what it takes over now may be who speaks for the load balancer.
  await untilSignInWorks(context);
  await rememberGood(context, isProved);
  const conditions = [...followed.conditions, ...channelsCondition(brokenChannels)];
  return { ...followed, conditions, ...(isStarted(context) ? { gateway } : {}) };
}

const refusals: readonly BootstrapErrorCode[] = [
  'GATEWAY_CONFIG_REFUSED',
  'STATE_NEWER',
  'STATE_NEEDS_REPAIR',
];

const isRefusal = (error: unknown): error is BootstrapError =>
  error instanceof BootstrapError && refusals.includes(error.code);

/** Where there are no channels, or all of them work, there is nothing to say. */
function channelsCondition(broken: readonly string[]): readonly Observation[] {
  if (broken.length === 0) return [];
  const message = `The gateway serves people, but not by ${broken.join(', ')}: an account there is not connected. See "openclaw channels status" and the token in the secret or the config.`;
  return [{ type: 'ChannelsConnected', status: 'False', reason: 'AccountRefused', message }];
}

/** Else it has been ready all the time. */
function isStarted({ done }: StepContext): boolean {
  return (done.get('start-gateway')?.changes.length ?? 0) > 0;
}

/**
 * The last good config comes back with all its files, and with what infrastructure decides by now: nobody gets in another
 * way because a wish was wrong.
 * @param tried what was refused: by now there may be another one, which nobody has tried
 */
async function rollBack(
  context: StepContext,
  refused: BootstrapError,
  tried: LiveConfig | undefined,
): Promise<StepResult> {
  const { host, spec } = context;
  // No config helps where it is the state that does not fit.
  if (refused.code !== 'GATEWAY_CONFIG_REFUSED') throw refused;
  const records = new ConfigRecords(host);
  const good = await records.lastGood();
  const { live } = await readLive(host);
  if (tried !== undefined) await records.saveRefused(tried, spec.openclaw.version);
  if (!good) throw refused;
  const wanted = { ...(await wantedBy(host, spec)), lastApplied: good.lastApplied };
  const accepted = await acceptConfig(host, spec, parseSet(host, good), wanted);
  if ('rejected' in accepted || isSameSet(accepted.set, live)) throw refused;
  if (live !== undefined) await records.keep(live.text);
  const kept = await restore(host, good, live);
  if (!(await install(host, spec, good, accepted))) throw refused;
  await host.units.start(gatewayUnitName);
  const { brokenChannels } = await untilReady(context);
  const { changes, warnings, conditions } = await followConfig(context);
  return {
    changes: [`restored the config of ${good.at}`, ...changes],
    conditions: [...conditions, ...channelsCondition(brokenChannels)],
    warnings: [
      ...warnings,
      ...accepted.leftOut,
      {
        code: refused.code,
        message: `${refused.message}\nThe config of ${good.at} was restored with all its files; the refused one is kept as ${kept.join(', ')}.`,
      },
    ],
    rolledBack: true,
  };
}

/**
 * Remembers the config as the last good one: it is what OpenClaw took as a whole in this run or before, and runs with.
 * @param proved whether the gateway started with this config, or took it over, in this run
 */
async function rememberGood({ host, spec }: StepContext, proved: boolean): Promise<void> {
  const records = new ConfigRecords(host);
  const { live } = await readLive(host);
  if (live === undefined) return;
  const { version } = spec.openclaw;
  const wanted = await wantedBy(host, spec);
  if (!(await records.accepted(live, wanted, version))) return;
  const { lastApplied } = wanted;
  // OpenClaw keeps such a copy of what it took over while running, such as a change made in its own UI.
  if (!proved && (await readIfPresent(`${configFile(host.layout)}.last-good`)) !== live.text) return;
  await records.saveLastGood({
    text: live.text,
    includes: live.includes,
    lastApplied,
    openclawVersion: version,
  });
}
