import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDirectory } from '../cache-directory.ts';
import { execute, succeed } from './execute.ts';

const suite = 'bookworm';
const packages = [
  'systemd',
  'systemd-sysv',
  'dbus',
  'iproute2',
  'ca-certificates',
  'curl',
  'procps',
  'util-linux',
  // Node.js needs it.
  'libstdc++6',
];

/** Where root file systems are kept between runs: it takes more than a minute to make one. */
export function defaultCacheDirectory(): string {
  return cacheDirectory('container');
}

/**
 * A Debian with systemd 252, the version of Amazon Linux 2023, from the machine's own package sources.
 * Made once for each list of packages; never written to afterwards.
 */
export async function rootFileSystem(directory = defaultCacheDirectory()): Promise<string> {
  const key = createHash('sha256')
    .update(JSON.stringify([suite, process.arch, packages]))
    .digest('hex')
    .slice(0, 12);
  const root = join(directory, `${suite}-${key}`);
  if (await exists(root)) return root;
  await mkdir(directory, { recursive: true });
  const unfinished = await mkdtemp(join(directory, 'unfinished-'));
  try {
    const mirror = await machineMirror();
    await succeed(
      'debootstrap',
      [
        '--variant=minbase',
        `--include=${packages.join(',')}`,
        suite,
        unfinished,
        ...(mirror ? [mirror] : []),
      ],
      { timeoutSeconds: 900 },
    );
    await rm(join(unfinished, 'var/cache/apt/archives'), { recursive: true, force: true });
    // Empty: each machine makes up an id of its own, without the questions of a first boot.
    await writeFile(join(unfinished, 'etc/machine-id'), '');
    await rename(unfinished, root);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    // Someone else made it meanwhile: theirs is as good.
    if (!(await exists(root))) throw error;
  }
  return root;
}

/** The archive this machine gets the suite from, as apt knows it; undefined leaves it to debootstrap. */
async function machineMirror(): Promise<string | undefined> {
  const { stdout } = await execute('apt-get', [
    'indextargets',
    '--format',
    '$(CODENAME) $(COMPONENT) $(REPO_URI)',
    'Created-By: Packages',
  ]);
  const lines = stdout.split('\n').map((line) => line.split(' '));
  return lines.find(([codename, component]) => codename === suite && component === 'main')?.[2];
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
