import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { releasesFolder } from './folders.ts';
import type { Installed } from './measure.ts';

const run = promisify(execFile);
const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-update-notifier'];
const pinned = ['package.json', 'package-lock.json'];

/** Pins a release and everything that it needs, without the address of a registry. One that is pinned stays as it is. */
export async function pin(version: string): Promise<void> {
  const folder = join(releasesFolder, version);
  if (existsSync(join(folder, 'package-lock.json'))) return;
  const scratch = await mkdtemp(join(tmpdir(), 'openclaw-pin-'));
  try {
    const manifest = {
      name: 'openclaw-release',
      version,
      private: true,
      dependencies: { openclaw: version },
    };
    await writeFile(join(scratch, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
    const lock = ['install', '--package-lock-only', '--omit=dev', '--omit-lockfile-registry-resolved'];
    await run('npm', [...lock, ...quiet], { cwd: scratch });
    await mkdir(folder, { recursive: true });
    for (const file of pinned) await copyFile(join(scratch, file), join(folder, file));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Installs what is pinned below a folder, as the bootstrap does. */
export async function installed(version: string, below: string): Promise<Installed> {
  const folder = join(below, version);
  await mkdir(folder, { recursive: true });
  for (const file of pinned) await copyFile(join(releasesFolder, version, file), join(folder, file));
  await run('npm', ['ci', '--omit=dev', ...quiet], { cwd: folder });
  return { version, directory: join(folder, 'node_modules/openclaw') };
}

/** `engines.node` of a package, and how many packages were pinned with it. */
export async function readManifest({
  version,
  directory,
}: Installed): Promise<{ node: string; packages: number }> {
  const { engines } = (await readJson(join(directory, 'package.json'))) as { engines: { node: string } };
  const lockfile = (await readJson(join(releasesFolder, version, 'package-lock.json'))) as {
    packages: object;
  };
  return { node: engines.node, packages: Object.keys(lockfile.packages).length - 1 };
}

/** Whether a release knows roles, without which everybody who signs in is an administrator over plain HTTP. */
export async function hasRoles({ directory }: Installed, home: string): Promise<boolean> {
  const { stdout } = await run(process.execPath, [join(directory, 'openclaw.mjs'), 'config', 'schema'], {
    env: { PATH: process.env['PATH'], HOME: home, OPENCLAW_STATE_DIR: join(home, '.openclaw') },
    maxBuffer: 64 * 1024 * 1024,
  });
  const schema = JSON.parse(stdout.slice(stdout.search(/^\{/m))) as Schema;
  return schema.properties?.['gateway']?.properties?.['roles'] !== undefined;
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
}

async function readJson(file: string): Promise<unknown> {
  return JSON.parse(await readFile(file, 'utf8'));
}
