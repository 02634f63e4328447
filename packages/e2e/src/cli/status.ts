import type { PodStatus } from '../pod/operations.ts';
import { describeStatus } from './describe-status.ts';
import type { CommonOptions } from './options.ts';
import { findRunningPod } from './which-pod.ts';

/** `clawharbor-local status` */
export async function status({ dataDir, json }: CommonOptions): Promise<void> {
  const { running } = await findRunningPod(dataDir, 'status');
  const answer = await running.call<PodStatus>('status');
  process.stdout.write(json ? `${JSON.stringify(answer)}\n` : describeStatus(answer));
}
