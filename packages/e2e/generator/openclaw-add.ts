import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { OpenClawRelease } from '../../bootstrap/src/openclaw-release/release.ts';
import { byVersion } from '../../config-merge/generator/openclaw.ts';
import { compareTables, tablesOf } from './openclaw/compare.ts';
import { knownReleases, releasesFolder } from './openclaw/folders.ts';
import { hasRoles, installed, pin, readManifest } from './openclaw/install.ts';
import { handOver, measure, type Handover } from './openclaw/measure.ts';
import { refusalsOf } from './openclaw/own-config.ts';
import { writePlugins } from './openclaw/plugins.ts';
import { describe } from './openclaw/report.ts';
import { credentialVariables, factsSource, listings, variablesFile } from './openclaw/sources.ts';

const run = promisify(execFile);
const generator = new URL('../../config-merge/generator/generate.ts', import.meta.url).pathname;

/**
 * `npx projen openclaw:add VERSION [REPORT]`: pins a release of OpenClaw, starts it, writes what is found beside its
 * lockfile, and says what changed against the newest one before it. Again, it writes the same.
 */
async function add(version: string, reportFile: string | undefined): Promise<void> {
  const below = await mkdtemp(join(tmpdir(), 'openclaw-add-'));
  try {
    tell(`pin ${version}`);
    await pin(version);
    const others = knownReleases().filter((other) => other !== version);
    const older = others.filter((other) => byVersion(other, version) < 0);
    const release = await installed(version, below);
    tell('start it');
    const measured = await measure(release);
    const runs = await hasRoles(release, below);
    const handovers: Handover[] = [];
    for (const other of others) {
      tell(`give it a state of ${other}, and the other way round`);
      const theirs = await installed(other, below);
      handovers.push(await handOver(theirs, release), await handOver(release, theirs));
      await rm(join(below, other), { recursive: true, force: true });
    }
    const { node, packages } = await readManifest(release);
    const kept = await factsOf(version);
    const facts: OpenClawRelease = {
      version,
      node,
      healthCheckPaths: measured.healthCheckPaths,
      schemas: measured.schemas,
      migratesFrom: older.filter((from) => {
        return handovers.some(
          (one) => one.from === from && one.to === version && one.readySeconds !== undefined,
        );
      }),
      ...(kept?.peopleSchema === undefined ? {} : { peopleSchema: kept.peopleSchema }),
      ...(runs
        ? {}
        : { notRun: 'it has no gateway.roles, so that everybody who signs in would be an administrator' }),
    };
    // Of one that is added late, there may be only newer ones to compare with.
    const previous = (await thatPodsRun(older)).at(-1) ?? (await thatPodsRun(others)).at(0);
    const variables = runs
      ? await credentialVariables(release.directory, previous ? await variablesOf(previous.version) : [])
      : undefined;
    if (runs) tell('write its plugins');
    const plugins = runs ? await writePlugins(version, join(below, version), previous?.version) : undefined;
    await write(facts, variables?.variables);
    if (runs) {
      tell('write its tables');
      const environment = { ...process.env, CLAWHARBOR_OPENCLAW: release.directory };
      await run(process.execPath, [generator, version], { env: environment, maxBuffer: 64 * 1024 * 1024 });
    }
    const report = describe({
      facts,
      before: previous,
      readySeconds: measured.readySeconds,
      packages,
      handovers,
      ...(runs && previous
        ? { tables: compareTables(await tablesOf(previous.version), await tablesOf(version)) }
        : {}),
      ...(plugins ? { plugins } : {}),
      refusals: runs ? await refusalsOf(release, below) : ['it has no roles'],
      unsureVariables: variables?.unsure ?? [],
    });
    process.stdout.write(report);
    if (reportFile !== undefined) await writeFile(reportFile, report);
  } finally {
    await rm(below, { recursive: true, force: true });
  }
}

async function write(facts: OpenClawRelease, variables: readonly string[] | undefined): Promise<void> {
  const folder = join(releasesFolder, facts.version);
  await writeFile(join(folder, 'facts.mts'), await factsSource(facts));
  if (variables) await writeFile(join(folder, variablesFile), `${JSON.stringify(variables, undefined, 2)}\n`);
  for (const [file, source] of await listings(knownReleases())) {
    await writeFile(join(releasesFolder, file), source);
  }
}

async function thatPodsRun(versions: readonly string[]): Promise<OpenClawRelease[]> {
  const facts = await Promise.all(versions.map(factsOf));
  return facts.flatMap((each) => (each && each.notRun === undefined ? [each] : []));
}

async function factsOf(version: string): Promise<OpenClawRelease | undefined> {
  const file = join(releasesFolder, version, 'facts.mts');
  if (!existsSync(file)) return undefined;
  return ((await import(file)) as { facts: OpenClawRelease }).facts;
}

async function variablesOf(version: string): Promise<string[]> {
  return JSON.parse(await readFile(join(releasesFolder, version, variablesFile), 'utf8')) as string[];
}

function tell(doing: string): void {
  process.stderr.write(`${doing} …\n`);
}

const [version, reportFile] = process.argv.slice(2);
if (version === undefined || !/^\d{4}\.\d+\.\d+$/.test(version)) {
  process.stderr.write('Say which release: npx projen openclaw:add 2026.9.6 [report.md]\n');
  process.exitCode = 1;
} else {
  await add(version, reportFile);
}
