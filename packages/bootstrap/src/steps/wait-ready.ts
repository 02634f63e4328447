import { ConfigRecords, restoreConfig } from '../config/config-records.ts';
import { readIfPresent } from '../config/files.ts';
import { BootstrapError } from '../errors.ts';
import { configFile, gatewayUnitName } from '../openclaw/gateway-unit.ts';
import { judge, type Failure } from '../openclaw/readiness.ts';
import { reloadVerdict } from '../openclaw/reload-verdict.ts';
import { redact } from '../secrets/redact.ts';
import { gatewayPort } from '../spec/pod-spec.ts';
import type { Step, StepContext, StepResult } from './step.ts';

const pollMilliseconds = 500;
/** A gateway that has not said in this time what it makes of a change has not noticed it. */
const reloadSeconds = 30;
const logLines = 200;

/** Waits until the gateway is ready; one that refuses its config gets the last good one back, once. */
export const waitReady: Step = {
  name: 'wait-ready',
  phase: 'activate',
  plan: async () => [],
  async apply(context) {
    try {
      await untilReady(context);
      const changes = await untilConfigLive(context);
      await rememberGood(context, changes !== undefined);
      return { changes: changes ?? [] };
    } catch (error) {
      if (!(error instanceof BootstrapError) || error.code !== 'GATEWAY_CONFIG_REFUSED') throw error;
      return await rollBack(context, error);
    }
  },
};

async function untilReady(context: StepContext): Promise<void> {
  const { host, spec, signal } = context;
  const url = `http://127.0.0.1:${gatewayPort(spec)}/readyz`;
  const deadline = host.now().getTime() + spec.readyTimeoutSeconds * 1000;
  const restartsBefore = (await host.units.state(gatewayUnitName)).restarts;
  for (;;) {
    signal.throwIfAborted();
    const answer = await host.probe(url);
    const state = await host.units.state(gatewayUnitName);
    const verdict = judge({
      status: answer?.status,
      state,
      restarts: state.restarts - restartsBefore,
      timedOut: host.now().getTime() >= deadline,
    });
    if (verdict === 'ready') return;
    if (verdict !== 'wait') throw await failure(context, verdict);
    await host.sleep(pollMilliseconds, signal);
  }
}

/**
 * A gateway that was running when its config changed answers "ready" all the while, whatever it makes of the change.
 * @returns what had to be done; undefined if the gateway has not proved anything about the config
 */
async function untilConfigLive(context: StepContext): Promise<string[] | undefined> {
  const { host, done, signal, startedAt } = context;
  if (changed(done.get('start-gateway'))) return [];
  if (!changed(done.get('merge-config'))) return undefined;
  const deadline = host.now().getTime() + reloadSeconds * 1000;
  while (host.now().getTime() < deadline) {
    const verdict = reloadVerdict(await host.units.tail(gatewayUnitName, logLines), startedAt);
    if (verdict === 'applied') return [];
    if (verdict === 'restart') break;
    if (verdict)
      throw await failure(context, { code: 'GATEWAY_CONFIG_REFUSED', why: `says: ${verdict.refused}` });
    await host.sleep(pollMilliseconds, signal);
  }
  await host.units.restart(gatewayUnitName);
  await untilReady(context);
  return ['restart openclaw for its config'];
}

function changed(result: StepResult | undefined): boolean {
  return (result?.changes.length ?? 0) > 0;
}

async function failure(context: StepContext, { code, why }: Failure): Promise<BootstrapError> {
  const { host, spec, secretEnvironment } = context;
  const lines = (await host.units.tail(gatewayUnitName, 12)).join('\n');
  const limit = code === 'GATEWAY_NOT_READY' ? ` (readyTimeoutSeconds: ${spec.readyTimeoutSeconds})` : '';
  const message = `The gateway ${why}${limit}. Its last lines:\n${lines}`;
  return new BootstrapError(code, redact(message, await secretEnvironment()));
}

async function rollBack(context: StepContext, refused: BootstrapError): Promise<StepResult> {
  const { host, spec } = context;
  const records = new ConfigRecords(host);
  const good = await records.lastGood();
  const text = await readIfPresent(configFile(host.layout));
  if (text !== undefined) await records.saveRefused(text, spec.openclaw.version);
  if (!good || good.text === text) throw refused;
  if (text !== undefined) await records.keep(text);
  await restoreConfig(host, good);
  await host.units.start(gatewayUnitName);
  await untilReady(context);
  return {
    changes: [`restored the config of ${good.at}`],
    warnings: [
      {
        code: refused.code,
        message: `${refused.message}\nThe config of ${good.at} was restored; the refused one is in ${records.historyDirectory}.`,
      },
    ],
    rolledBack: true,
  };
}

/** @param proved whether the gateway started with this config, or took it over, in this run */
async function rememberGood({ host, spec }: StepContext, proved: boolean): Promise<void> {
  const records = new ConfigRecords(host);
  const file = configFile(host.layout);
  const text = await readIfPresent(file);
  if (text === undefined) return;
  // OpenClaw keeps such a copy of what it took over while running, such as a change made in its own UI.
  if (!proved && (await readIfPresent(`${file}.last-good`)) !== text) return;
  await records.saveLastGood({
    text,
    lastApplied: await records.lastApplied(),
    openclawVersion: spec.openclaw.version,
  });
}
