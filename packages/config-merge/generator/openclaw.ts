import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { OpenClawFacts } from './facts.ts';

const run = promisify(execFile);
const releases = new URL('../../bootstrap/src/openclaw-release/', import.meta.url);

/** An installed OpenClaw, with a home of its own: what is configured on this machine must not be part of its answers. */
export interface InstalledOpenClaw {
  readonly directory: string;
  readonly home: string;
}

/**
 * Does something with a pinned release: where it is installed (`CLAWHARBOR_OPENCLAW` names the directory of the
 * package, of one release), or installed for this process with its lockfile from npm, without running install scripts.
 */
export async function withOpenClaw<T>(
  version: string,
  use: (openclaw: InstalledOpenClaw) => Promise<T>,
): Promise<T> {
  const home = await mkdtemp(join(tmpdir(), 'openclaw-home-'));
  try {
    return await use({ directory: (await given(version)) ?? (await installed(version)), home });
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

async function given(version: string): Promise<string | undefined> {
  const directory = process.env['CLAWHARBOR_OPENCLAW'];
  if (directory === undefined) return undefined;
  const manifest = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8')) as { version: string };
  return manifest.version === version ? directory : undefined;
}

const installs = new Map<string, Promise<string>>();

function installed(version: string): Promise<string> {
  const install = installs.get(version) ?? installFor(version);
  installs.set(version, install);
  return install;
}

async function installFor(version: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'openclaw-install-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const file of ['package.json', 'package-lock.json']) {
    await cp(new URL(`${version}/${file}`, releases), join(folder, file));
  }
  await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder });
  return join(folder, 'node_modules/openclaw');
}

/** What a release knows of its config. */
export async function readFacts(version: string): Promise<OpenClawFacts> {
  return withOpenClaw(version, async (openclaw) => {
    const facts = (await ask(openclaw, 'probe.ts')) as OpenClawFacts;
    if (facts.version === version) return facts;
    throw new Error(`${openclaw.directory} has OpenClaw ${facts.version}, not ${version}`);
  });
}

/** What `config validate` of a release says of each config: the first fault, or null if it takes it. */
export async function verdicts(
  openclaw: InstalledOpenClaw,
  configs: readonly object[],
): Promise<(string | null)[]> {
  const file = join(openclaw.home, 'configs.json');
  await writeFile(file, JSON.stringify(configs));
  return (await ask(openclaw, 'validate.ts', file)) as (string | null)[];
}

/** Runs a script of this folder in a process of its own: it loads OpenClaw, and prints JSON. */
async function ask(
  { directory, home }: InstalledOpenClaw,
  name: string,
  ...more: string[]
): Promise<unknown> {
  const script = fileURLToPath(new URL(name, import.meta.url));
  const env = { PATH: process.env['PATH'], HOME: home, OPENCLAW_STATE_DIR: join(home, '.openclaw') };
  const { stdout } = await run(process.execPath, [script, directory, ...more], {
    env,
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(stdout.slice(stdout.search(/^[[{]/m)));
}

/** The oldest first: 2026.9.6 before 2026.10.1. */
export function byVersion(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

/** The releases that pods run, the oldest first. */
export async function pinnedReleases(): Promise<string[]> {
  const folders = (await readdir(releases, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const all = await Promise.all(
    folders.map(async ({ name }) => {
      const { facts } = (await import(new URL(`${name}/facts.mts`, releases).href)) as {
        facts: { notRun?: string };
      };
      return facts.notRun === undefined ? [name] : [];
    }),
  );
  return all.flat().toSorted(byVersion);
}
