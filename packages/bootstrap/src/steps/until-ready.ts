import { BootstrapError, type BootstrapErrorCode } from '../errors.ts';
import { gatewayUnitName } from '../openclaw/gateway-unit.ts';
import { judge, type Failure } from '../openclaw/readiness.ts';
import { askReady, type ReadyAnswer } from '../openclaw/ready-answer.ts';
import { rememberRefusedStart } from '../openclaw/refused-start.ts';
import { fenceSeconds } from '../openclaw/fence-seconds.ts';
import { knownSecrets } from '../secrets/known-secrets.ts';
import { redact } from '../secrets/redact.ts';
import { gatewayPort } from '../spec/pod-spec.ts';
import type { GatewayStart, StepContext } from './step.ts';

const pollMilliseconds = 500;
/** Enough for all that a refused start says. */
const logLines = 60;

/** A gateway that serves people. */
export type Ready = GatewayStart & Pick<ReadyAnswer, 'brokenChannels'>;

/**
 * Waits until the gateway says that it is ready. It has its time from when it holds the lock of the state.
 * @returns how long it took, from now
 * @throws BootstrapError as {@link judge} says. A gateway that will not start by another try is stopped, and not tried again
 */
export async function untilReady(context: StepContext): Promise<Ready> {
  const { host, spec, signal } = context;
  const begun = host.elapsed();
  let heldAt = begun;
  const restartsBefore = (await host.units.state(gatewayUnitName)).restarts;
  for (;;) {
    signal.throwIfAborted();
    const { status, brokenChannels } = await askReady(host, gatewayPort(spec));
    const state = await host.units.state(gatewayUnitName);
    const isWaiting = state.status === 'starting';
    if (isWaiting) heldAt = host.elapsed();
    const deadline = isWaiting ? begun + fenceSeconds(spec) * 1000 : heldAt + spec.readyTimeoutSeconds * 1000;
    const verdict = judge({
      status,
      state,
      restarts: state.restarts - restartsBefore,
      timedOut: host.elapsed() >= deadline,
      log: status === 200 ? [] : await host.units.tail(gatewayUnitName, logLines),
    });
    if (verdict === 'ready') {
      const startMs = Math.round(host.elapsed() - heldAt);
      return { fenceMs: Math.round(heldAt - begun), startMs, brokenChannels };
    }
    if (verdict !== 'wait') throw await given(context, verdict);
    await host.sleep(pollMilliseconds, signal);
  }
}

async function given(context: StepContext, verdict: Failure): Promise<BootstrapError> {
  const { host, spec } = context;
  const error = await failure(context, verdict);
  if (verdict.isPermanent) {
    // Its supervisor knows exit codes only, and would go on.
    if ((await host.units.state(gatewayUnitName)).status === 'restarting')
      await host.units.stop(gatewayUnitName);
    await rememberRefusedStart(host, spec, error);
  }
  return error;
}

/** A failure of the gateway with its last words. */
export async function failure(
  context: StepContext,
  { code, why }: { readonly code: BootstrapErrorCode; readonly why: string },
): Promise<BootstrapError> {
  const { host, spec, secretEnvironment } = context;
  const lines = (await host.units.tail(gatewayUnitName, 12)).join('\n');
  const limit = code === 'GATEWAY_NOT_READY' ? ` (readyTimeoutSeconds: ${spec.readyTimeoutSeconds})` : '';
  const message = `The gateway ${why}${limit}. Its last lines:\n${lines}`;
  return new BootstrapError(code, redact(message, await knownSecrets(host, await secretEnvironment())));
}
