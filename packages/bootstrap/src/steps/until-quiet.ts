import { quietSeconds, type MergedConfig } from '../config/merge.ts';
import { turnsUnderWay } from '../openclaw/active-work.ts';
import { gatewayUnitName } from '../openclaw/gateway-unit.ts';
import type { StepContext } from './step.ts';

const pollSeconds = 5;

/**
 * Whether a change may wait until nobody is in a turn: it closes everybody's connection, and all it does is give somebody
 * something. What takes something away is never put off.
 */
export function mayWait({ effect, onlyGives }: Pick<MergedConfig, 'effect' | 'onlyGives'>): boolean {
  return effect === 'reconnect' && onlyGives;
}

/** A gateway that does not say whether anybody is in a turn is asked so often in a row; then it is not waited for. */
const unansweredInARow = 2;

/**
 * Waits until nobody is in a turn, at most {@link quietSeconds}.
 * @returns what was waited for, in a sentence; undefined where nobody was in a turn
 */
export async function untilQuiet(context: StepContext): Promise<string | undefined> {
  const { host, signal } = context;
  if ((await host.units.state(gatewayUnitName)).status !== 'active') return undefined;
  const started = host.elapsed();
  const seconds = (): number => Math.round((host.elapsed() - started) / 1000);
  let hasWaited = false;
  let unanswered = 0;
  for (;;) {
    const turns = await turnsUnderWay(context);
    unanswered = turns === undefined ? unanswered + 1 : 0;
    if (unanswered === unansweredInARow)
      return 'did not wait: openclaw did not say whether anybody was in a turn';
    if (turns === 0) return hasWaited ? `waited ${seconds()} s until nobody was in a turn` : undefined;
    if (turns !== undefined && seconds() >= quietSeconds)
      return `waited ${quietSeconds} s, and ${turns} were still in a turn`;
    hasWaited ||= turns !== undefined;
    await host.sleep(pollSeconds * 1000, signal);
  }
}
