import { ConfigRecords, restoreConfig } from '../config/config-records.ts';
import { readIfPresent } from '../config/files.ts';
import { BootstrapError } from '../errors.ts';
import { judge } from '../openclaw/readiness.ts';
import { configFile, gatewayUnitName } from '../openclaw/gateway-unit.ts';
import { redact } from '../secrets/redact.ts';
import { gatewayPort } from '../spec/pod-spec.ts';
import type { Step, StepContext, StepResult } from './step.ts';

const pollMilliseconds = 500;

/** Waits until the gateway is ready; one that refuses its config gets the last good one back, once. */
export const waitReady: Step = {
  name: 'wait-ready',
  phase: 'activate',
  plan: async () => [],
  async apply(context) {
    try {
      await untilReady(context);
    } catch (error) {
      if (!(error instanceof BootstrapError) || error.code !== 'GATEWAY_CONFIG_REFUSED') throw error;
      return await rollBack(context, error);
    }
    await rememberGood(context);
    return { changes: [] };
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

async function failure(
  { host, spec, secretEnvironment }: StepContext,
  { code, why }: { code: 'GATEWAY_NOT_READY' | 'GATEWAY_CONFIG_REFUSED' | 'STATE_LOCKED'; why: string },
): Promise<BootstrapError> {
  const lines = redact((await host.units.tail(gatewayUnitName, 12)).join('\n'), await secretEnvironment());
  const limit = code === 'GATEWAY_NOT_READY' ? ` (readyTimeoutSeconds: ${spec.readyTimeoutSeconds})` : '';
  return new BootstrapError(code, `The gateway ${why}${limit}. Its last lines:\n${lines}`);
}

async function rollBack(context: StepContext, refused: BootstrapError): Promise<StepResult> {
  const { host } = context;
  const records = new ConfigRecords(host);
  const good = await records.lastGood();
  const text = await readIfPresent(configFile(host.layout));
  if (!good || good.text === text) throw refused;
  if (text !== undefined) {
    await records.saveRefused(text);
    await records.keep(text);
  }
  await restoreConfig(host, good);
  await host.units.start(gatewayUnitName);
  await untilReady(context);
  return {
    changes: [`restored the config of ${good.at}`],
    warnings: [{ code: refused.code, message: `${refused.message}\nThe config of ${good.at} was restored.` }],
    rolledBack: true,
  };
}

async function rememberGood({ host, spec }: StepContext): Promise<void> {
  const records = new ConfigRecords(host);
  const text = await readIfPresent(configFile(host.layout));
  if (text === undefined) return;
  await records.saveLastGood({
    text,
    lastApplied: await records.lastApplied(),
    openclawVersion: spec.openclaw.version,
  });
}
