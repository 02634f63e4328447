import { execFileSync } from 'node:child_process';
import { mkdirSync, statfsSync } from 'node:fs';
import { userInfo } from 'node:os';

/** Why there can be no disk of its own here; undefined where there can. */
export const whyNoDisk: string | undefined =
  process.platform === 'linux' && userInfo().uid === 0 ? undefined : 'a small disk needs root on Linux';
if (whyNoDisk !== undefined) console.log(`left out: ${whyNoDisk}`);

/** Allocates in pages: https://docs.kernel.org/filesystems/tmpfs.html */
const page = 4096;

/** A directory as a disk of its own, which can be full or read-only: a real one, in memory. */
export class SmallDisk {
  readonly #directory: string;
  #isReadOnly = false;

  constructor(directory: string) {
    this.#directory = directory;
    mkdirSync(directory, { recursive: true });
    run('mount', '-t', 'tmpfs', '-o', 'size=64m,mode=0700', 'tmpfs', directory);
  }

  /** Leaves so many pages; an empty one keeps one, because none is no limit. */
  leave(pages: number): void {
    const { blocks, bfree } = statfsSync(this.#directory);
    run('mount', '-o', `remount,size=${Math.max(1, blocks - bfree + pages) * page}`, this.#directory);
  }

  /** Leaves plenty. */
  grow(): void {
    run('mount', '-o', 'remount,size=64m', this.#directory);
  }

  /** Another mount of the same directory above it: who writes already goes on, who comes may not. */
  setReadOnly(isReadOnly: boolean): void {
    if (isReadOnly === this.#isReadOnly) return;
    if (isReadOnly) {
      run('mount', '--bind', this.#directory, this.#directory);
      run('mount', '-o', 'remount,ro,bind', this.#directory);
    } else {
      run('umount', this.#directory);
    }
    this.#isReadOnly = isReadOnly;
  }

  close(): void {
    this.setReadOnly(false);
    run('umount', '--lazy', this.#directory);
  }
}

function run(file: string, ...args: string[]): void {
  execFileSync(file, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}
