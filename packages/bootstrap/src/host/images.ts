/** File systems in a file, which a machine makes of directories and mounts where they were. */
export interface Images {
  /**
   * Sees to it that {@link make} has what it needs; may ask a package repository.
   * @returns why this machine can make none; undefined: it can
   */
  provideTools(): Promise<string | undefined>;
  /**
   * Makes an image of a directory, in the background of whatever else the machine does, and tries whether it can be mounted.
   * @param file that is not there yet; after a failure there may be half of it
   * @returns why this machine cannot mount what it makes; undefined: it can
   * @throws BootstrapError `COMMAND_FAILED`, `DISK_FULL`; the signal's reason
   */
  make(directory: string, file: string, signal: AbortSignal): Promise<string | undefined>;
  isMounted(at: string): Promise<boolean>;
  /**
   * Mounts an image read-only, for every process of the machine, until it is unmounted or the machine ends.
   * @param file trusted: the kernel reads it as it is
   * @param at a directory in which nobody but root can write
   * @returns why this machine cannot mount it; undefined: it is mounted
   */
  mount(file: string, at: string): Promise<string | undefined>;
  /** Also from under whoever still reads there. Idempotent. */
  unmount(at: string): Promise<void>;
}
