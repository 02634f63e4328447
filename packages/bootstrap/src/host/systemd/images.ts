import { readFile } from 'node:fs/promises';
import { diskErrorIn } from '../../disk-error.ts';
import { BootstrapError } from '../../errors.ts';
import type { Images } from '../images.ts';
import { must, type Run } from './command.ts';
import { installWithDnf } from './machine.ts';
import { mountPoints } from './mount.ts';

/**
 * Level 6 of 22: a higher one takes several times as long for a few percent, and the kernel unpacks them all alike. Without
 * fragments: with them, who reads a small file has the 128 kB unpacked that it shares with others, and OpenClaw is thousands
 * of small files.
 */
const compression = ['-comp', 'zstd', '-Xcompression-level', '6', '-no-fragments'];

/** As tar unpacks it for root, and nothing of the moment or the machine: the same directory is the same image. */
const reproducible = ['-all-root', '-no-xattrs', '-mkfs-time', '0'];

/** Else it takes every processor, and a quarter of the memory, from a gateway that has turns to answer. */
const modest = ['-processors', '1', '-mem', '256M'];

/**
 * Images as squashfs, which Amazon Linux has in its kernel.
 * @see https://docs.kernel.org/filesystems/squashfs.html, https://man7.org/linux/man-pages/man8/mount.8.html (loop devices)
 */
export class SquashfsImages implements Images {
  readonly #run: Run;

  constructor(run: Run) {
    this.#run = run;
  }

  async provideTools(): Promise<string | undefined> {
    if (await this.#hasTools()) return undefined;
    try {
      await installWithDnf(this.#run, ['squashfs-tools'], 120);
    } catch (error) {
      if (!(error instanceof BootstrapError)) throw error;
      return `there is no mksquashfs here: ${error.message}`;
    }
    return (await this.#hasTools()) ? undefined : 'squashfs-tools brought no mksquashfs';
  }

  async #hasTools(): Promise<boolean> {
    return (await this.#run({ file: 'mksquashfs', args: ['-version'] })).exitCode === 0;
  }

  async make(directory: string, file: string, signal: AbortSignal): Promise<void> {
    const quiet = ['-noappend', '-no-progress', '-quiet'];
    const { exitCode, stdout, stderr } = await this.#run({
      file: 'nice',
      args: ['-n', '19', 'mksquashfs', directory, file, ...compression, ...reproducible, ...modest, ...quiet],
      timeoutSeconds: 1800,
      signal,
    });
    if (exitCode === 0) return;
    const said = (stderr.trim() || stdout.trim()).slice(-500);
    throw (
      diskErrorIn(said, file) ??
      new BootstrapError('COMMAND_FAILED', `mksquashfs ended with exit code ${exitCode}: ${said}`)
    );
  }

  async isMounted(at: string): Promise<boolean> {
    return mountPoints(await readFile('/proc/self/mountinfo', 'utf8')).has(at);
  }

  async mount(file: string, at: string): Promise<string | undefined> {
    const options = ['--types', 'squashfs', '--options', 'loop,ro,nosuid,nodev'];
    const { exitCode, stderr } = await this.#run(forEverybody('mount', [...options, file, at]));
    if (exitCode === 0) return undefined;
    return stderr.trim().split('\n')[0] ?? '';
  }

  async unmount(at: string): Promise<void> {
    // Lazily: a process that still reads there must not keep an old release, and keeps the loop device only as long as it lives.
    if (await this.isMounted(at)) await must(this.#run, forEverybody('umount', ['--lazy', at]));
  }
}

/** What the bootstrap's own service mounts, only its own namespace has (`PrivateTmp=`): what PID 1 has, all get. */
function forEverybody(file: string, args: readonly string[]) {
  return { file: 'nsenter', args: ['--target=1', '--mount', '--', file, ...args] };
}
