import type { Host } from './host/host.ts';
import { secretEnvironmentOf } from './secrets/secret-environment.ts';
import type { PodSpec } from './spec/pod-spec.ts';
import { lateSteps, steps, stepsOf, type PhaseChoice } from './steps/index.ts';
import type { Phase } from './steps/step.ts';

export interface PlannedStep {
  readonly name: string;
  readonly phase: Phase;
  /** Empty: nothing to do. */
  readonly changes: readonly string[];
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
    startedAt: host.now(),
    done: new Map(),
    signal: new AbortController().signal,
  };
  const planned: PlannedStep[] = [];
  for (const step of stepsOf(choice, [...steps, ...lateSteps])) {
    planned.push({ name: step.name, phase: step.phase, changes: await step.plan(context) });
  }
  return planned;
}
