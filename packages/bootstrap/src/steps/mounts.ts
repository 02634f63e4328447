import type { Host, Mount } from '../host/host.ts';
import { BootstrapError } from '../errors.ts';
import type { PodSpec } from '../spec/pod-spec.ts';
import type { StepContext } from './step.ts';

type FileSystem = NonNullable<PodSpec['fileSystem']>;

export function stateMount({ layout }: Host, { id, stateAccessPoint }: FileSystem): Mount {
  return { at: layout.state, fileSystemId: id, accessPointId: stateAccessPoint };
}

export function artifactsMount({ layout }: Host, { id, artifactsAccessPoint }: FileSystem): Mount {
  return { at: layout.artifacts, fileSystemId: id, accessPointId: artifactsAccessPoint };
}

/**
 * A mount target of a new file system takes minutes, and so does one whose zone is in trouble: another instance would wait
 * for it in this one's place. The heartbeat of the lifecycle hook goes on meanwhile.
 */
const mountSeconds = 600;

/** How long the server of a file system that is mounted may take for the least that it can be asked. */
const answerSeconds = 10;

/**
 * Mounts, waits for an answer of it, and tries again for ten minutes.
 * @returns what was done: a line, or nothing when it is there already
 * @throws BootstrapError `STATE_NOT_MOUNTED` with what the last try said, or `STATE_NOT_ANSWERING`
 */
export async function ensureMounted(
  { host, signal, onWait }: Pick<StepContext, 'host' | 'signal' | 'onWait'>,
  mount: Mount,
): Promise<string[]> {
  const deadline = host.elapsed() + mountSeconds * 1000;
  for (let pause = 2000; ; pause = Math.min(pause * 1.5, 15_000)) {
    const { problem, changes = [] } = await tryToMount(host, mount);
    if (problem === undefined) return changes;
    signal.throwIfAborted();
    if (host.elapsed() >= deadline) throw problem;
    onWait?.(`${problem.message} Tried again for up to ${mountSeconds / 60} minutes`);
    await host.sleep(pause, signal);
  }
}

async function tryToMount(
  host: Host,
  mount: Mount,
): Promise<{ readonly changes?: string[]; readonly problem?: Error }> {
  const silent = await isSilent(host, mount);
  if (silent) return { problem: silent };
  if (await host.isMounted(mount)) return { changes: [] };
  const problem = await mounting(host, mount);
  return problem === undefined ? { changes: [describeMount(mount)] } : { problem };
}

/**
 * Whoever asks a file server that says nothing waits until it does: a mount of EFS is `hard`
 * (https://docs.aws.amazon.com/efs/latest/ug/mount-helper-setting.html). So another process asks first, for what the kernel does
 * not know by itself, and is killed.
 */
async function isSilent(host: Host, { at, fileSystemId }: Mount): Promise<Error | undefined> {
  const { exitCode } = await host.run({ file: 'df', args: ['-P', at], timeoutSeconds: answerSeconds });
  if (exitCode !== timedOut) return undefined;
  return new BootstrapError(
    'STATE_NOT_ANSWERING',
    `${at}: ${fileSystemId} has not answered for ${answerSeconds} s. See the mount target, its security group and zone.`,
  );
}

/** As timeout(1) says it. */
const timedOut = 124;

async function mounting(host: Host, mount: Mount): Promise<Error | undefined> {
  try {
    await host.mount(mount);
    if (await host.isMounted(mount)) return undefined;
    return new BootstrapError(
      'STATE_NOT_MOUNTED',
      `${mount.fileSystemId} is not mounted at ${mount.at} although mounting it reported no error.`,
    );
  } catch (error) {
    return error as Error;
  }
}

/**
 * What a step failed with, after the file system of the state had been mounted: one that is gone by then fails with whatever
 * is missing first, which nobody needs to look at.
 */
export async function failedWithout({ host, spec }: StepContext, error: unknown): Promise<unknown> {
  if (!spec.fileSystem || (await host.isMounted(stateMount(host, spec.fileSystem)))) return error;
  return new BootstrapError(
    'STATE_NOT_MOUNTED',
    `${host.layout.state}: ${spec.fileSystem.id} was mounted when this run began, and is no longer. The next run mounts it again; the journal and /var/log/amazon/efs/mount.log say who let go of it.`,
    { cause: error },
  );
}

export function describeMount(mount: Mount): string {
  return `mount ${mount.fileSystemId} (${mount.accessPointId}) at ${mount.at}`;
}
