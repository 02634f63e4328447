import type { Patience } from '../aws/patience.ts';
import type { Host } from '../host/host.ts';
import { BootstrapError } from '../errors.ts';
import type { PodSpec } from '../spec/pod-spec.ts';
import { BackupBucket } from './bucket.ts';
import { choose, type Wanted } from './choose.ts';
import { BackupFolder } from './folder.ts';
import type { BackupManifest } from './manifest.ts';

/** All backups of a pod: on its file system, and in its bucket. */
export class BackupStore {
  readonly folder: BackupFolder;
  readonly bucket: BackupBucket | undefined;

  constructor(host: Host, spec: PodSpec, patience?: Patience) {
    this.folder = new BackupFolder(host.layout);
    this.bucket = BackupBucket.of(spec, patience);
  }

  /**
   * Oldest first.
   * @throws BootstrapError `BACKUP_BUCKET_UNREADABLE`: then `folder.list()` says what is here
   */
  async list(): Promise<BackupManifest[]> {
    const here = await this.folder.list();
    const there = (await this.bucket?.list(new Set(here.map(({ id }) => id)))) ?? [];
    return [...here, ...there].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  }

  /**
   * The backup that somebody wants. By its name, what is here needs no bucket: that may be the very thing that is out of order.
   * @param pod whose backups are looked at when it is wanted by its time. Default: everybody's
   * @throws BootstrapError `BACKUP_NOT_FOUND`, `BACKUP_BUCKET_UNREADABLE`
   */
  async find(wanted: Wanted, pod?: string): Promise<BackupManifest> {
    const here = 'id' in wanted ? await this.folder.read(wanted.id).catch(notThere) : undefined;
    if (here) return here;
    const all = await this.list().catch(async (error: unknown) => {
      if (!(error instanceof BootstrapError)) throw error;
      const [newest] = (await this.folder.list()).toReversed();
      const instead = newest
        ? ` What is here can be had by its name all the same, the newest: ${newest.id}.`
        : '';
      throw new BootstrapError(error.code, `${error.message}${instead}`, { cause: error });
    });
    return choose(all, wanted, pod);
  }

  /**
   * Brings an archive of the bucket to the file system, unless a whole one is there.
   * @throws BootstrapError `BACKUP_BUCKET_UNREADABLE`, `BACKUP_CORRUPT`
   */
  async fetch(manifest: BackupManifest): Promise<void> {
    const { bucket, folder } = this;
    if (bucket === undefined) return;
    if ((await folder.read(manifest.id).catch(notThere)) === undefined) return bucket.fetch(folder, manifest);
    await folder.check(manifest).catch(async (error: unknown) => {
      if (!(error instanceof BootstrapError) || error.code !== 'BACKUP_CORRUPT') throw error;
      await bucket.fetch(folder, manifest).catch((there: unknown) => {
        if (!(there instanceof BootstrapError)) throw there;
        // What is wrong here is what was asked for; a bucket without it is no help.
        throw new BootstrapError(
          error.code,
          `${error.message} Nor does it come from the bucket: ${there.message}`,
          {
            cause: there,
          },
        );
      });
    });
  }
}

function notThere(error: unknown): undefined {
  if (!(error instanceof BootstrapError)) throw error;
}
