import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';

/** Why nothing can be mounted here that does not answer; undefined where it can. */
export const whyNoSilence: string | undefined =
  userInfo().uid === 0 && existsSync('/dev/fuse')
    ? undefined
    : 'a file system that does not answer needs root and /dev/fuse';
if (whyNoSilence !== undefined) console.log(`left out: ${whyNoSilence}`);

/**
 * A file system in user space whose program never reads what the kernel asks it: each request waits, and
 * whoever made it can only be killed. So does a hard mount of NFS whose server is gone.
 * https://docs.kernel.org/filesystems/fuse/fuse.html
 */
const mountSilence = `exec 3<>/dev/fuse
$2 mount --internal-only --types fuse --options fd=3,rootmode=40000,user_id=0,group_id=0,allow_other silent "$1"
echo mounted
exec sleep 3600`;

/** A mount on a directory that answers nothing, until it is taken away. */
export class SilentFileSystem {
  readonly #at: string;
  readonly #among: readonly string[];
  readonly #holder: ChildProcess;

  private constructor(at: string, among: readonly string[], holder: ChildProcess) {
    this.#at = at;
    this.#among = among;
    this.#holder = holder;
  }

  /** @param pid process that has mounts of its own, and is to find it there. Default: this one */
  static async mount(at: string, pid?: number): Promise<SilentFileSystem> {
    // A process of another container reads of its mounts in its own /proc.
    const among = pid === undefined ? [] : ['nsenter', `--target=${pid}`, '--mount', '--pid', '--'];
    const holder = spawn('sh', ['-ec', mountSilence, 'sh', at, among.join(' ')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve, reject) => {
      holder.stdout.once('data', resolve);
      holder.once('exit', (code) => reject(new Error(`nothing was mounted on ${at}: ${code}`)));
    });
    return new SilentFileSystem(at, among, holder);
  }

  /** What is below it is there again, and who has waited gets an error. */
  async end(): Promise<void> {
    const [file, ...args] = [...this.#among, 'umount', '--lazy', this.#at];
    execFileSync(file, args);
    const ended = new Promise((resolve) => this.#holder.once('exit', resolve));
    this.#holder.kill('SIGKILL');
    await ended;
  }
}
