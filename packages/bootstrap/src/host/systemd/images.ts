import { readFile } from 'node:fs/promises';
import { diskErrorIn } from '../../disk-error.ts';
import { BootstrapError } from '../../errors.ts';
import type { Command, CommandResult } from '../host.ts';
import type { Images } from '../images.ts';
import { must, type Run } from './command.ts';
import { installWithDnf } from './machine.ts';
import { mountPoints } from './mount.ts';

/**
 * lz4 is the fastest to unpack, and known of the kernel of Amazon Linux 2023
 * (https://github.com/amazonlinux/amazon-linux-2023/issues/283). Fragments are not: who reads a small file has the 128 kB
 * unpacked that it shares with others, and OpenClaw is thousands of small files.
 */
const form = ['-comp', 'lz4', '-Xhc', '-no-fragments'];

/** As tar unpacks it for root, and nothing of the moment or the machine: the same directory is the same image. */
const reproducible = ['-all-root', '-no-xattrs', '-mkfs-time', '0'];

/** Else it takes every processor, and a quarter of the memory, from a gateway that has turns to answer. */
const modest = ['-processors', '1', '-mem', '256M'];

const quiet = ['-noappend', '-no-progress', '-quiet'];

/** Else a file that the disk does not give is an empty one in the image, for all machines after this one. */
const strict = ['-exit-on-error'];

const mountOptions = ['--types', 'squashfs', '--options', 'loop,ro,nosuid,nodev'];

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

  async make(directory: string, file: string, signal: AbortSignal): Promise<string | undefined> {
    const options = [...form, ...reproducible, ...modest, ...quiet, ...strict];
    const { exitCode, stdout, stderr } = await this.#run({
      file: 'nice',
      args: ['-n', '19', 'mksquashfs', directory, file, ...options],
      timeoutSeconds: 1800,
      signal,
    });
    if (exitCode === 0) return await this.#whyNotMounted(file);
    const said = (stderr.trim() || stdout.trim()).slice(-500);
    throw (
      diskErrorIn(said, file) ??
      new BootstrapError('COMMAND_FAILED', `mksquashfs ended with exit code ${exitCode}: ${said}`)
    );
  }

  /** Tried where it is gone with the command: whoever is killed here leaves no mount behind. */
  async #whyNotMounted(file: string): Promise<string | undefined> {
    // Every Linux has this directory: https://refspecs.linuxfoundation.org/FHS_3.0/fhs/ch03s12.html
    const mount = ['mount', ...mountOptions, file, '/mnt'];
    return refusal(await this.#run({ file: 'unshare', args: ['--mount', '--', ...mount] }));
  }

  async isMounted(at: string): Promise<boolean> {
    return mountPoints(await readFile('/proc/self/mountinfo', 'utf8')).has(at);
  }

  async mount(file: string, at: string): Promise<string | undefined> {
    return refusal(await this.#run(forEverybody('mount', [...mountOptions, file, at])));
  }

  async unmount(at: string): Promise<void> {
    // Lazily: a process that still reads there must not keep an old release, and keeps the loop device only as long as it lives.
    if (await this.isMounted(at)) await must(this.#run, forEverybody('umount', ['--lazy', at]));
  }
}

/** @returns undefined where it did what it should */
function refusal({ exitCode, stderr }: CommandResult): string | undefined {
  return exitCode === 0 ? undefined : (stderr.trim().split('\n')[0] ?? '');
}

/** What the bootstrap's own service mounts, only its own namespace has (`PrivateTmp=`): what PID 1 has, all get. */
function forEverybody(file: string, args: readonly string[]): Command {
  return { file: 'nsenter', args: ['--target=1', '--mount', '--', file, ...args] };
}
