import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

export const repository = join(import.meta.dirname, '..');

/** The PATH of somebody who types a command: without the Node.js that tasks put first. */
export const hostPath = (process.env['PATH'] ?? '')
  .split(delimiter)
  .filter((folder) => !folder.includes('node_modules'))
  .join(delimiter);

/** The environment of somebody who types a command: without what npm, nx and vitest add for theirs. */
export const hostEnvironment: NodeJS.ProcessEnv = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(npm_|node_(env|options|path)|nx_|vitest|init_cwd)/i.test(name),
    ),
  ),
  PATH: hostPath,
};

/** Files that git knows, or would add. */
export function sources(...patterns: string[]): string[] {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...patterns];
  return execFileSync('git', args, { cwd: repository, encoding: 'utf8' })
    .split('\0')
    .filter((path) => path !== '' && existsSync(join(repository, path)));
}

/**
 * A copy of the working tree as it is after `git clone && npm ci`: nothing is compiled or bundled. What npm would have
 * installed from the registry are links to what is installed here.
 * @returns its folder
 */
export function freshClone(): string {
  const clone = mkdtempSync(join(tmpdir(), 'clawharbor-clone-'));
  for (const file of sources()) {
    mkdirSync(join(clone, dirname(file)), { recursive: true });
    cpSync(join(repository, file), join(clone, file));
  }
  const modules = join(clone, 'node_modules');
  mkdirSync(join(modules, '.bin'), { recursive: true });
  mkdirSync(join(modules, '@clawharbor'));
  for (const name of readdirSync(join(repository, 'node_modules'))) {
    if (name !== '.bin' && name !== '@clawharbor')
      symlinkSync(join(repository, 'node_modules', name), join(modules, name));
  }
  for (const name of readdirSync(join(repository, 'node_modules/.bin'))) {
    const target = readlinkSync(join(repository, 'node_modules/.bin', name));
    if (!target.startsWith('../@clawharbor/')) symlinkSync(target, join(modules, '.bin', name));
  }
  for (const { folder, name, bin } of workspaces()) {
    symlinkSync(join('../../packages', folder), join(modules, name));
    const own = join('packages', folder, 'node_modules');
    if (existsSync(join(repository, own))) symlinkSync(join(repository, own), join(clone, own));
    for (const [command, file] of Object.entries(bin ?? {})) {
      // As npm does: no link to what is not there.
      if (existsSync(join(clone, 'packages', folder, file)))
        symlinkSync(join('..', name, file), join(modules, '.bin', command));
    }
  }
  return clone;
}

export interface WorkspaceManifest {
  readonly folder: string;
  readonly name: string;
  readonly bin?: Readonly<Record<string, string>>;
  readonly engines: { readonly node: string };
}

export function workspaces(): WorkspaceManifest[] {
  return readdirSync(join(repository, 'packages')).map((folder) => ({
    folder,
    ...(JSON.parse(readFileSync(join(repository, 'packages', folder, 'package.json'), 'utf8')) as Omit<
      WorkspaceManifest,
      'folder'
    >),
  }));
}
