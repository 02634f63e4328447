import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Command } from '../../src/host/host.ts';
import { ProcessHost, type ProcessHostOptions } from '../../src/host/process/process-host.ts';
import { SquashfsImages } from '../../src/host/systemd/images.ts';

/** Why no image can be made and mounted here; undefined where one can. */
export const whyNoImages: string | undefined = whyNot();
if (whyNoImages !== undefined) console.log(`left out: ${whyNoImages}`);

function whyNot(): string | undefined {
  if (process.platform !== 'linux' || userInfo().uid !== 0) return 'an image is mounted by root on Linux';
  const directory = mkdtempSync(join(tmpdir(), 'images-'));
  const [file, at] = [join(directory, 'image'), directory];
  try {
    execFileSync('mksquashfs', ['/etc/hostname', file, '-comp', 'zstd', '-quiet', '-no-progress']);
    execFileSync('mount', ['-t', 'squashfs', '-o', 'loop,ro', file, at], { stdio: 'pipe' });
    execFileSync('umount', [at]);
    return undefined;
  } catch (error) {
    return `no image can be made and mounted here (squashfs-tools, a loop device): ${(error as Error).message}`;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** An instance that has images as one with systemd has them; the rest of it is this machine. */
export class ImageHost extends ProcessHost {
  readonly images: SquashfsImages;
  /** What was run to make or mount an image, with its arguments. */
  readonly asked: string[] = [];

  /** @param lacks what it does without. Default: nothing */
  constructor(options: ProcessHostOptions, lacks: Lacks = {}) {
    super(options);
    this.images = new SquashfsImages(async (command) => {
      this.asked.push([command.file, ...command.args].join(' '));
      if (lacks.kernel === true && command.args.includes('mount'))
        return { exitCode: 32, stdout: '', stderr: wordsOfMount };
      const here = inThisNamespace(command);
      return this.run(lacks.tools === true ? { ...here, environment: { PATH: '/nowhere' } } : here);
    });
  }
}

/** What an instance may be without. */
export interface Lacks {
  /** mksquashfs, and dnf to get it. */
  readonly tools?: true;
  /** A kernel that reads what mksquashfs writes. */
  readonly kernel?: true;
}

const wordsOfMount = 'mount: /mnt: wrong fs type, bad option, bad superblock on /dev/loop0.\n';

/**
 * What an instance mounts as PID 1 sees it is mounted as this process sees it: not every machine that tests lets root into
 * the namespace of its PID 1. That all units see it is proved in a booted container in packages/e2e.
 */
function inThisNamespace(command: Command): Command {
  if (command.file !== 'nsenter') return command;
  const [file = '', ...args] = command.args.slice(command.args.indexOf('--') + 1);
  return { ...command, file, args };
}

/** What is mounted below a directory: its type, its options and where. */
export function mountsBelow(directory: string): { at: string; type: string; options: string[] }[] {
  return readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, at = '']) => at.startsWith(`${directory}/`))
    .map(([, at = '', type = '', options = '']) => ({ at, type, options: options.split(',') }));
}

/** Files below a directory that are loop devices, also where nothing of them is mounted any more. */
export function loopsBelow(directory: string): string[] {
  const listed = execFileSync('losetup', ['--list', '--noheadings', '--output', 'BACK-FILE'], {
    encoding: 'utf8',
  });
  return listed.split('\n').filter((file) => file.startsWith(`${directory}/`));
}

/** As a reboot does: files stay, mounts go. */
export function unmountBelow(directory: string): void {
  for (const { at } of mountsBelow(directory).toReversed()) execFileSync('umount', ['--lazy', at]);
}

/** Owner and mode as a number, for a comparison. */
export function ownership(path: string): string {
  const { uid, gid, mode } = statSync(path);
  return `${uid}:${gid} ${mode.toString(8)}`;
}
