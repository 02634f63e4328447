import { resolve } from 'node:path';
import { findRunning, type ControlClient } from '../pod/control.ts';
import { dataDirectoryAt, isDataDirectory, type DataDirectory } from '../pod/data-dir.ts';
import { PodError } from '../pod/errors.ts';
import { runningPods } from '../pod/running-pods.ts';
import { commandToType, defaultDataDir } from './commands-to-type.ts';

/** A pod that a command was meant for. */
export interface MeantPod {
  readonly directory: DataDirectory;
  /** Undefined when it does not run. */
  readonly running: ControlClient | undefined;
  /** Whether it was found in a folder that nobody named. */
  readonly elsewhere: boolean;
}

/**
 * The pod of the data directory that was named; else the one of this folder; else the only one that this user runs.
 * @param named `--data-dir`
 * @returns undefined when there is none, or none can be told from the others
 */
export async function findPod(named: string | undefined): Promise<MeantPod | undefined> {
  const here = await podIn(named ?? defaultDataDir);
  // What was set up here is meant even while it does not run.
  if (here || named !== undefined) return here;
  const [only, ...others] = await runningPods();
  const found = only !== undefined && others.length === 0 ? await podIn(only) : undefined;
  return found?.running && { ...found, elsewhere: true };
}

async function podIn(path: string): Promise<MeantPod | undefined> {
  if (!isDataDirectory(path)) return undefined;
  const directory = dataDirectoryAt(path);
  return { directory, running: await findRunning(directory), elsewhere: false };
}

/** As {@link findPod}, but it must run. @throws PodError `POD_NOT_RUNNING` */
export async function findRunningPod(
  named: string | undefined,
  command: string,
): Promise<MeantPod & { readonly running: ControlClient }> {
  const pod = await findPod(named);
  if (pod?.running) return { ...pod, running: pod.running };
  throw await notRunning(named, command, `start one with ${commandToType('up', named ?? defaultDataDir)}`);
}

/**
 * Says where a pod is missing, what to do, and where there are some.
 * @param command what was typed, without the data directory
 */
export async function notRunning(
  named: string | undefined,
  command: string,
  remedy: string,
): Promise<PodError> {
  const here = resolve(named ?? defaultDataDir);
  const others = (await runningPods()).filter((root) => root !== here);
  const elsewhere = others.map((root) => `\nOne runs in ${root}: ${commandToType(command, root)}`).join('');
  return new PodError('POD_NOT_RUNNING', `no pod runs in ${here}: ${remedy}${elsewhere}`);
}
