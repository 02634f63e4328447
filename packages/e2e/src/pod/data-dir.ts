import {
  accessSync,
  constants,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { PodError } from './errors.ts';

/** Everything a pod writes on this machine lies below one directory. */
export interface DataDirectory {
  readonly root: string;
  /** Stand-in for EFS: what the state access point shows. Survives `down`. */
  readonly efs: string;
  /** Stand-in for EFS: what the artifacts access point shows. Survives `down`. */
  readonly artifacts: string;
  /** Root disks of instances, a folder per instance id. Gone when the instance is terminated. */
  readonly instances: string;
  /** Stand-in for a machine image: the releases that an instance finds installed. Filled by the first that needs one. */
  readonly install: string;
  /** What instances printed, a file each; EC2 keeps the console output of a terminated instance for a while too. */
  readonly consoles: string;
  /** The gateway's own log. On AWS it lies at the same place on every instance; so it does here. */
  readonly logs: string;
  /** What the stand-ins for AWS remember: users, secrets (encrypted), parameters, the Auto Scaling group. */
  readonly aws: string;
  /** Stand-in for S3: the buckets that the pod writes to, a folder each. Survives `down`. */
  readonly buckets: string;
  /** Certificate and key of https://localhost. */
  readonly tls: string;
  /** The synthesized template. */
  readonly assembly: string;
}

/** What a data directory has where; nothing is made. */
export function dataDirectoryAt(path: string): DataDirectory {
  const root = resolve(path);
  return {
    root,
    efs: join(root, 'efs'),
    artifacts: join(root, 'artifacts'),
    instances: join(root, 'instances'),
    install: join(root, 'install'),
    consoles: join(root, 'consoles'),
    logs: join(root, 'logs'),
    aws: join(root, 'aws'),
    buckets: join(root, 'buckets'),
    tls: join(root, 'tls'),
    assembly: join(root, 'cdk.out'),
  };
}

/**
 * Opens a data directory and makes what is missing.
 * @throws PodError `DATA_DIR_NOT_WRITABLE`
 */
export function openDataDirectory(path: string): DataDirectory {
  const directory = dataDirectoryAt(path);
  const { root } = directory;
  try {
    for (const part of Object.values(directory)) makeDirectory(part);
    // mkdir succeeds on what exists already, even on a read-only file system.
    const probe = join(root, '.writable');
    writeFileSync(probe, '');
    // Two that start together may both have made it.
    rmSync(probe, { force: true });
    for (const part of Object.values(directory)) accessSync(part, constants.W_OK);
  } catch (error) {
    throw new PodError(
      'DATA_DIR_NOT_WRITABLE',
      `${root} cannot be written (${(error as NodeJS.ErrnoException).code ?? String(error)}): choose another with --data-dir`,
      { cause: error },
    );
  }
  return directory;
}

/**
 * Makes a directory and what is missing above it. Not `mkdir` with `recursive`: that one takes "no such file or directory"
 * for a missing parent and tries again, also where the parent is there and a pseudo file system says it for "not here".
 */
function makeDirectory(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  if (path !== dirname(path)) makeDirectory(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Two that start together may both find it missing; a file of that name cannot be written into.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !statSync(path).isDirectory()) throw error;
  }
}

/** Whether a pod ever ran there. */
export function isDataDirectory(path: string): boolean {
  return statSync(join(resolve(path), 'aws'), { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Reads a small JSON document; undefined when there is none. */
export function readDocument(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as unknown;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Replaces a small JSON document as a whole, readable by its owner only. */
export function writeDocument(file: string, value: unknown): void {
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(temporary, file);
}
