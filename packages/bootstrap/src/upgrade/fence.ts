import { behindTheFence, writerLock } from '../backup/writer-lock.ts';
import { BootstrapError } from '../errors.ts';
import { wholeState } from '../openclaw/gateway-databases.ts';
import { fenceSeconds } from '../openclaw/fence-seconds.ts';
import { gatewayUnitName } from '../openclaw/gateway-unit.ts';
import type { StepContext } from '../steps/step.ts';

/** From one look to the next: so soon it is heard that the run is to end. */
const lookSeconds = 5;

export interface FenceOptions {
  /** The databases stay where they are. Default: where no gateway runs, the state directory is made the whole state first. */
  readonly asItIs?: boolean;
}

/**
 * Does something while no other machine writes to the state. A gateway that runs here has the fence for us. Else it is
 * taken: the instance that is replaced may still be on its way out, and gets the time that a gateway would wait for it.
 * @throws BootstrapError `STATE_LOCKED`
 */
export async function whileNobodyWrites<T>(
  context: Pick<StepContext, 'host' | 'spec' | 'signal'>,
  action: () => Promise<T>,
  { asItIs = false }: FenceOptions = {},
): Promise<T> {
  const { host, spec, signal } = context;
  const { status } = await host.units.state(gatewayUnitName);
  if (status === 'active') return action();
  // One that waits for the fence, or for its next start, is no longer the one that is wanted.
  await host.units.stop(gatewayUnitName);
  const seconds = fenceSeconds(spec);
  const deadline = host.elapsed() + seconds * 1000;
  for (;;) {
    signal.throwIfAborted();
    let isInside = false;
    const inside = async (): Promise<T> => {
      isInside = true;
      if (!asItIs) await wholeState(host);
      return await action();
    };
    try {
      return await behindTheFence(host, inside, lookSeconds);
    } catch (error) {
      const isLocked = error instanceof BootstrapError && error.code === 'STATE_LOCKED';
      // What the action itself finds locked is not the fence.
      if (!isLocked || isInside) throw error;
      if (host.elapsed() < deadline) continue;
      throw new BootstrapError(
        'STATE_LOCKED',
        `A gateway on another machine, or started by hand, has had ${writerLock(host)} for ${seconds} s. End it first.`,
        { cause: error },
      );
    }
  }
}
