import type { Lifecycle } from '../lifecycle.ts';
import type { Run } from '../run.ts';
import type { FailedLaunches } from './failed-launches.ts';
import { describeHold, heldCondition } from './held-launch.ts';
import { placeOf, verdictOf } from './verdict.ts';

/**
 * A launch that has failed for what another machine cannot mend is not given up: Auto Scaling waits on, and the first run that
 * succeeds lets the instance into service.
 * @param known undefined where the state is not there
 * @returns false where it is to be given up, or there is none
 */
export async function holdLaunch(
  run: Run,
  { hold, instanceId, isHeld }: Lifecycle,
  known: FailedLaunches | undefined,
): Promise<boolean> {
  const code = run.failure;
  if (code === undefined || hold === undefined || instanceId === undefined) return false;
  const hasFailedElsewhere = (await known?.hasFailedElsewhere(code, instanceId)) ?? false;
  if (verdictOf(code, { isHeld, hasFailedElsewhere }) === 'abandon') {
    if (placeOf(code) === 'anywhere') await known?.remember(code, instanceId);
    return false;
  }
  await run.step({ name: 'hold-launch', phase: 'activate' }, async () => {
    const until = await hold();
    if (until === undefined) return { changes: [] };
    return { changes: [describeHold(code, until)], conditions: [heldCondition(code, until)] };
  });
  return true;
}
