import * as z from 'zod';
import { BootstrapError } from '../errors.ts';
import type { StepContext } from '../steps/step.ts';
import { askGateway } from './gateway-call.ts';

const count = z.number().default(0);
const preflight = z.object({
  counts: z.object({ queueSize: count, pendingReplies: count, embeddedRuns: count, activeTasks: count }),
});

/**
 * How many turns and tasks of people are under way, by what OpenClaw itself waits for before it restarts
 * (`gateway.restart.preflight`). The requests that it counts, too, may be this one.
 * @returns undefined if the gateway does not say
 */
export async function turnsUnderWay(context: StepContext): Promise<number | undefined> {
  try {
    const { counts } = await askGateway(context, 'gateway.restart.preflight', {}, preflight);
    return counts.queueSize + counts.pendingReplies + counts.embeddedRuns + counts.activeTasks;
  } catch (error) {
    if (error instanceof BootstrapError) return undefined;
    throw error;
  }
}
