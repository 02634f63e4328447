import { reasonOf, type Observation } from './conditions.ts';
import type { Host } from './host/host.ts';
import { askReady } from './openclaw/ready-answer.ts';
import type { Run } from './run.ts';
import { gatewayPort, type PodSpec } from './spec/pod-spec.ts';
import { upgrade } from './steps/upgrade.ts';
import { waitReady } from './steps/wait-ready.ts';

/** Whether people are served, whatever became of the run: a gateway that was ready before may be so still. */
export async function readyOf(run: Run, host: Host, spec: PodSpec): Promise<Observation> {
  const type = 'Ready';
  if (run.done.has(waitReady.name))
    return { type, status: 'True', reason: 'Serves', message: 'The gateway serves people.' };
  const { status } = await askReady(host, gatewayPort(spec));
  if (status === 200) {
    const message = 'The gateway serves people as it did before this run.';
    return { type, status: 'True', reason: 'ServesAsBefore', message };
  }
  return status === undefined
    ? { type, status: 'False', reason: 'NoAnswer', message: 'No gateway answers.' }
    : {
        type,
        status: 'False',
        reason: 'NotReady',
        message: `The gateway says that it is not ready (${status}).`,
      };
}

/** Whether the pod is what the spec says, and whether it runs the release of the spec. Pure: of a run that was to do all. */
export function convergedOf(run: Run, { openclaw }: PodSpec): readonly Observation[] {
  const converged = { type: 'Converged', ...verdictOn(run) } as const;
  const upgraded = run.done.get(upgrade.name);
  if (upgraded === undefined) return [converged];
  const type = 'UpToDate';
  if (run.runs === undefined || run.runs === openclaw.version) {
    const message = `The pod runs OpenClaw ${openclaw.version}, the release of the spec.`;
    return [converged, { type, status: 'True', reason: 'AsWished', message }];
  }
  const why = upgraded.warnings?.[0];
  const message = `The pod runs OpenClaw ${run.runs} in place of ${openclaw.version}: ${why?.message ?? 'it was rolled back'}`;
  return [converged, { type, status: 'False', reason: reasonOf(why?.code ?? 'UPGRADE_FAILED'), message }];
}

/** With what is said of a run that could not read its spec, too. */
export function notConverged({
  code,
  message,
}: {
  readonly code: string;
  readonly message: string;
}): Observation {
  return { type: 'Converged', status: 'False', reason: reasonOf(code), message: `${code}: ${message}` };
}

/** The reason of what people can see in other conditions: something was taken back, and the rest of the spec holds. */
export const rolledBack = 'RolledBack';

function verdictOn(run: Run): Omit<Observation, 'type'> {
  const outcome = run.outcome('all');
  if (outcome === 'stopped')
    return {
      status: 'Unknown',
      reason: 'Stopped',
      message: 'The run was told to end before it was through.',
    };
  const failed = run.reports.find(({ error }) => error);
  if (outcome === 'failed' && failed?.error) return notConverged(failed.error);
  if (outcome === 'rolled-back') {
    const message =
      'Something of the spec was left out or taken back: warnings of upgrade and merge-config say what.';
    return { status: 'False', reason: rolledBack, message };
  }
  return { status: 'True', reason: 'AsWished', message: 'The pod is what the spec says.' };
}
