import { timelineSvg, timelineText } from '@clawharbor/bootstrap';
import { PodError } from '../pod/errors.ts';
import type { PodStatus } from '../pod/operations.ts';
import { describeStatus } from './describe-status.ts';
import type { StatusOptions } from './options.ts';
import { findRunningPod } from './which-pod.ts';

/** `clawharbor-local status` */
export async function status({ dataDir, json, timeline, svg }: StatusOptions): Promise<void> {
  const { running } = await findRunningPod(dataDir, 'status');
  const answer = await running.call<PodStatus>('status');
  if (timeline || svg) {
    if (answer.report === undefined)
      throw new PodError('REPORT_ABSENT', 'No instance has reported a run yet: wait until it is ready.');
    process.stdout.write(svg ? timelineSvg(answer.report) : timelineText(answer.report));
    return;
  }
  process.stdout.write(json ? `${JSON.stringify(answer)}\n` : describeStatus(answer));
}
