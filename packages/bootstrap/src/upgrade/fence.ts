import { behindTheFence } from '../backup/writer-lock.ts';
import { BootstrapError } from '../errors.ts';
import { gatewayUnitName } from '../openclaw/gateway-unit.ts';
import type { StepContext } from '../steps/step.ts';

/**
 * Does something while no other machine writes to the state. A gateway that runs here has the fence for us. Else it is
 * taken: the instance that is replaced may still be on its way out, and gets as long as a gateway may take to be ready.
 * @throws BootstrapError `STATE_LOCKED`
 */
export async function whileNobodyWrites<T>(context: StepContext, action: () => Promise<T>): Promise<T> {
  const { host, spec, signal } = context;
  const { status } = await host.units.state(gatewayUnitName);
  if (status === 'active') return action();
  // One that waits for the fence, or for its next start, is no longer the one that is wanted.
  await host.units.stop(gatewayUnitName);
  const deadline = host.elapsed() + spec.readyTimeoutSeconds * 1000;
  for (;;) {
    signal.throwIfAborted();
    try {
      return await behindTheFence(host, action);
    } catch (error) {
      const isLocked = error instanceof BootstrapError && error.code === 'STATE_LOCKED';
      if (!isLocked || host.elapsed() >= deadline) throw error;
    }
  }
}
