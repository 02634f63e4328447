export { patienceAtBoot, type Patience } from './aws/patience.ts';
export type { Condition, ConditionType, Observation } from './conditions.ts';
export { converge, type ConvergeOptions } from './converge.ts';
export type { StepEvent } from './run.ts';
export { BootstrapError, type BootstrapErrorCode } from './errors.ts';
export type { Command, CommandResult, Host, Mount } from './host/host.ts';
export type { Images } from './host/images.ts';
export { instanceLayout, type Layout } from './host/layout.ts';
export { ProcessHost, type ProcessHostOptions } from './host/process/process-host.ts';
export type { Unit, Units, UnitState } from './host/unit.ts';
export { endingOf, type Ending } from './openclaw/exit-codes.ts';
export { planRun, type PlannedStep } from './plan.ts';
export {
  readReport,
  reportFile,
  type Outcome,
  type Report,
  type StepReport,
  type StepStatus,
} from './report.ts';
export { loadPodSpec } from './spec/load.ts';
export { lateSteps, steps, type PhaseChoice } from './steps/index.ts';
export { timelineSvg } from './timeline/svg.ts';
export { timelineOf } from './timeline/timeline.ts';
export { timelineText } from './timeline/text.ts';
export type { Phase, Step, StepContext, StepResult, Warning } from './steps/step.ts';
