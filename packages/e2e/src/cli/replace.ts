import type { PodEvent } from '../pod/events.ts';
import type { CommonOptions } from './options.ts';
import type { Output } from './output.ts';
import { findRunningPod } from './which-pod.ts';

/** `clawharbor-local replace` */
export async function replace({ dataDir }: CommonOptions, output: Output): Promise<void> {
  const { directory, elsewhere, running } = await findRunningPod(dataDir, 'replace');
  if (elsewhere) output.event({ event: 'found', dataDir: directory.root });
  await running.call('replace', undefined, (event) => output.event(event as PodEvent));
}
