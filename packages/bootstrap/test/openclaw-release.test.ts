import { describe, expect, test } from 'vitest';
import { readdirSync } from 'node:fs';
import { lockfiles } from '../src/install/lockfiles.ts';
import {
  defaultOpenClawVersion,
  openclawReleases,
  openclawVersions,
  type OpenClawRelease,
} from '../src/openclaw-release.ts';
import { credentialVariables } from '../src/secrets/known-variables.ts';
import { parsePodSpec } from '../src/spec/parse.ts';

const releases = Object.entries<OpenClawRelease>(openclawReleases);
const folders = readdirSync(new URL('../src/openclaw-release/', import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

test('every folder of a release is listed, and nothing else', () => {
  expect(Object.keys(openclawReleases).toSorted()).toEqual(folders.toSorted());
  expect(Object.keys(lockfiles).toSorted()).toEqual(folders.toSorted());
});

// Not the newest in any case: a release is proposed as soon as it is there, and somebody reads its report before pods get it.
test('pods run at least two releases, and new ones get one of them', () => {
  expect(openclawVersions.length).toBeGreaterThan(1);
  expect(openclawVersions).toContain(defaultOpenClawVersion);
  const newer = openclawVersions.slice(openclawVersions.indexOf(defaultOpenClawVersion) + 1);
  if (newer.length > 0)
    console.log(`new pods get ${defaultOpenClawVersion}, and not ${newer.join(', ')} yet`);
});

describe.each(releases)('the facts of %s', (version, facts) => {
  const { manifest, lockfile } = lockfiles[version as keyof typeof lockfiles] as {
    manifest: { version: string; dependencies: Record<string, string> };
    lockfile: { packages: Record<string, { version?: string; engines?: { node?: string } }> };
  };

  test('are those of the package that is installed', () => {
    expect(facts.version).toBe(version);
    expect(manifest.dependencies).toEqual({ openclaw: version });
    expect(lockfile.packages['node_modules/openclaw']).toMatchObject({
      version,
      engines: { node: facts.node },
    });
  });

  test('name known releases that are older', () => {
    const older = releases.slice(
      0,
      releases.findIndex(([name]) => name === version),
    );
    expect(older.map(([name]) => name)).toEqual(expect.arrayContaining([...facts.migratesFrom]));
  });

  test('create people in a database of its own form', () => {
    if (facts.peopleSchema !== undefined) expect(facts.peopleSchema).toBe(facts.schemas.state);
  });
});

test.each(openclawVersions)('%s, which pods run, reads credentials from variables', (version) => {
  expect(credentialVariables(version)).toContain('ANTHROPIC_API_KEY');
});

test('a release that can only be upgraded from is refused by its name', () => {
  expect(() => parsePodSpec({ openclaw: { version: '2026.7.35' } }, 'spec.json')).toThrow(
    expect.objectContaining({
      code: 'OPENCLAW_VERSION_NOT_RUN',
      message: expect.stringMatching(/spec\.json .*2026\.7\.35.*gateway\.roles.*Use .*2026\.9\.6/) as string,
    }),
  );
});

test.each([[null], [{}], [{ openclaw: null }], [{ openclaw: { version: '1.0.0' } }]])(
  'a spec of %j is no pod spec',
  (spec) => {
    expect(() => parsePodSpec(spec, 'spec.json')).toThrow(expect.objectContaining({ code: 'SPEC_INVALID' }));
  },
);
