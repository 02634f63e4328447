import type { OpenClawVersion } from '../openclaw-release.ts';
import type { StepContext } from '../steps/step.ts';

/** The same run with another release. */
export function withRelease(context: StepContext, version: OpenClawVersion): StepContext {
  const { spec } = context;
  return { ...context, spec: { ...spec, openclaw: { ...spec.openclaw, version } } };
}
