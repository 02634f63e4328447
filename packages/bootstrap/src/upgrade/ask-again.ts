import { gatewayUnitName } from '../openclaw/gateway-unit.ts';
import { askModel } from '../openclaw/ask-model.ts';
import { defaultModel, judge } from '../steps/smoke-test.ts';
import type { StepContext } from '../steps/step.ts';

/** A provider that drops one question is no fault of a release, and an empty end says nothing. */
const tries = 3;
const pauseMilliseconds = 5000;
/** No more tries after that long: whoever writes to the pod meanwhile gets no answer either. */
const limitMilliseconds = 60_000;

/**
 * Whether the default model answers a question to the gateway that runs here: what the new release must be able to do, if
 * the old one was. False also where nobody may ask, or no gateway runs.
 */
export async function modelAnswers(context: StepContext): Promise<boolean> {
  const { host, spec } = context;
  if (!spec.smokeTest || (await host.units.state(gatewayUnitName)).status !== 'active') return false;
  return (await whySilent(context, 1)) === undefined;
}

/** Asks the default model, and again if there is no answer. @returns why there is none; undefined if there is one */
export async function whySilent(context: StepContext, times = tries): Promise<string | undefined> {
  const { host, signal } = context;
  const wanted = await defaultModel(host);
  const began = host.elapsed();
  for (let left = times - 1; ; left -= 1) {
    const answer = await askModel(context);
    const why =
      answer.kind === 'empty'
        ? 'it ended without a word'
        : judge(answer, { wanted, empty: 0, basis: '', at: 0 }).why;
    const isLate = host.elapsed() - began > limitMilliseconds;
    if (why === undefined || left <= 0 || isLate) return why;
    await host.sleep(pauseMilliseconds, signal);
  }
}
