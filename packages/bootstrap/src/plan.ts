import type { Host } from './host/host.ts';
import { secretEnvironmentOf } from './secrets/secret-environment.ts';
import { GatewayLine } from './openclaw/gateway-line.ts';
import type { PodSpec } from './spec/pod-spec.ts';
import { lateSteps, steps, stepsOf, type PhaseChoice } from './steps/index.ts';
import type { Phase } from './steps/step.ts';
import { releaseToRun, upgrade } from './steps/upgrade.ts';

export interface PlannedStep {
  readonly name: string;
  readonly phase: Phase;
  /** Empty: nothing to do. */
  readonly changes: readonly string[];
  /** What stays as people decided it although the spec wants something else. Absent: nothing. */
  readonly kept?: readonly string[];
}

/** What a run would do, as far as it can be seen before it. Changes nothing. */
export async function planRun(
  spec: PodSpec,
  host: Host,
  choice: PhaseChoice = 'all',
): Promise<readonly PlannedStep[]> {
  const context = {
    spec,
    host,
    secretEnvironment: secretEnvironmentOf(spec, host),
    line: new GatewayLine(host),
    startedAt: host.now(),
    done: new Map(),
    signal: new AbortController().signal,
  };
  const planned: PlannedStep[] = [];
  const version = await releaseToRun(context);
  const goesOn = { ...context, spec: { ...spec, openclaw: { ...spec.openclaw, version } } };
  const all = [...steps, ...lateSteps];
  for (const step of stepsOf(choice, all)) {
    // What decides about the release, and what comes before that, sees the one that is asked for.
    const seen = all.indexOf(step) <= all.indexOf(upgrade) ? context : goesOn;
    const changes = await step.plan(seen);
    const kept = (await step.kept?.(seen)) ?? [];
    planned.push({ name: step.name, phase: step.phase, changes, ...(kept.length > 0 ? { kept } : {}) });
  }
  await context.line.close();
  return planned;
}
