import { isDataDirectory, openDataDirectory } from '../pod/data-dir.ts';
import { stopPod } from '../pod/stop.ts';
import { defaultDataDir } from './commands-to-type.ts';
import type { CommonOptions } from './options.ts';
import type { Output } from './output.ts';
import { notRunning } from './which-pod.ts';

/**
 * `clawharbor-local down`: only ever the pod of the folder that is named, or of this one. It is an error that nothing ran,
 * so that no script takes a pod for stopped that runs in another folder.
 */
export async function down({ dataDir }: CommonOptions, output: Output): Promise<void> {
  const folder = dataDir ?? defaultDataDir;
  if (isDataDirectory(folder)) {
    output.event({ event: 'step', step: 'stop', status: 'started' });
    if (await stopPod(openDataDirectory(folder))) {
      output.event({ event: 'stopped' });
      return;
    }
  }
  throw await notRunning(dataDir, 'down', 'there is nothing to stop');
}
