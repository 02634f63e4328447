import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './clone.ts';

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly license: string;
  readonly engines: { readonly node: string };
  readonly repository: { readonly directory: string };
  readonly dependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
  readonly peerDependenciesMeta?: Record<string, unknown>;
  readonly exports: Record<string, { readonly default: string } | string>;
  readonly bin?: Record<string, string>;
}

export const packages = readdirSync(join(repository, 'packages')).map((folder) => {
  const directory = join(repository, 'packages', folder);
  const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Manifest;
  return { directory, manifest };
});

export const published = packages.filter(({ manifest }) => !manifest.private);

/** @returns what the program prints. @throws Error with all that it printed, unless it ends with 0 */
export function run(file: string, args: string[], cwd: string, env: NodeJS.ProcessEnv = process.env): string {
  try {
    return execFileSync(file, args, { cwd, env, encoding: 'utf8', stdio: 'pipe', timeout: 280_000 });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${file} ${args.join(' ')} failed:\n${stdout}\n${stderr}`, { cause: error });
  }
}

/** Packs what is compiled, as a release does. @returns name → tarball */
export function pack(folder: string): Map<string, string> {
  return new Map(
    published.map(({ directory, manifest }) => {
      const [{ filename }] = JSON.parse(
        run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], directory),
      ) as [{ filename: string }];
      return [manifest.name, join(folder, filename)];
    }),
  );
}

/** A package and the packages of this repository that it needs, as tarballs. */
export function tarballs(
  name: string,
  made: ReadonlyMap<string, string>,
  seen = new Set<string>(),
): string[] {
  if (seen.has(name)) return [];
  seen.add(name);
  const { manifest } = packages.find((candidate) => candidate.manifest.name === name)!;
  const inner = Object.keys(manifest.dependencies ?? {}).filter((dep) => dep.startsWith('@clawharbor/'));
  return [made.get(name)!, ...inner.flatMap((dep) => tarballs(dep, made, seen))];
}

/** The oldest Node.js that every published package promises to run on. */
export const floor = published
  .map(({ manifest }) => manifest.engines.node.replace('>= ', ''))
  .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))[0]!;

/** @returns folder with a program `node` of that version */
export function installNode(version: string, folder: string): string {
  mkdirSync(folder);
  run('npm', ['install', '--prefix', folder, '--no-save', '--prefer-offline', `node@${version}`], folder);
  return join(folder, 'node_modules/node/bin');
}
