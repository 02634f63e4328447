import { resolve } from 'node:path';
import { openDataDirectory } from '../pod/data-dir.ts';
import { PodError } from '../pod/errors.ts';
import { runPod } from '../pod/pod.ts';
import { defaultDataDir } from './commands-to-type.ts';
import type { UpOptions } from './options.ts';
import type { Output } from './output.ts';

/** `clawharbor-local up` */
export async function up(
  { port, loginPort = port + 1, dataDir, config }: UpOptions,
  output: Output,
): Promise<void> {
  if (loginPort === port || loginPort > 65_535) {
    throw new PodError(
      'PORT_INVALID',
      `the pod is on port ${port}, so its login page cannot be on ${loginPort}: choose another with --login-port`,
    );
  }
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
  await runPod({
    directory: openDataDirectory(dataDir ?? defaultDataDir),
    port,
    loginPort,
    config: config === undefined ? undefined : resolve(config),
    listener: (event) => output.event(event),
    signal: stop.signal,
  });
  output.event({ event: 'stopped' });
}
