import { isFrozen } from '../openclaw/frozen.ts';
import { gatewayUnitName } from '../openclaw/gateway-unit.ts';
import type { StepContext, StepResult } from './step.ts';

/**
 * Ends the gateway of an instance that Auto Scaling takes away: asked to, OpenClaw first ends what is under way, for up to
 * 315 s. One whose event loop hangs would not hear it; it is killed, because its replacement waits for the fence.
 */
export async function drainGateway(context: Pick<StepContext, 'host' | 'spec'>): Promise<StepResult> {
  const { units } = context.host;
  const { status } = await units.state(gatewayUnitName);
  if (status === 'absent' || status === 'failed') return { changes: [] };
  if (status === 'inactive') {
    // So is one that still stops, for a run that was killed while it waited: this waits for the same.
    await units.stop(gatewayUnitName);
    return { changes: [] };
  }
  const atOnce = status === 'active' && (await isFrozen(context));
  await units.stop(gatewayUnitName, { atOnce });
  return {
    changes: [atOnce ? 'kill openclaw, which did not answer' : 'stop openclaw: what was under way has ended'],
  };
}
