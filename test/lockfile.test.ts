import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

interface Locked {
  readonly os?: string[];
  readonly cpu?: string[];
  readonly integrity?: string;
  readonly resolved?: string;
  readonly engines?: { readonly node?: string };
}

const repository = join(import.meta.dirname, '..');
const { packages } = JSON.parse(readFileSync(join(repository, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, Locked>;
};

// Tools that ship a binary per platform: a binary missing from the lockfile breaks `npm ci` on that platform.
const tools = [
  '@nx/nx-',
  '@esbuild/',
  '@oxlint/binding-',
  '@oxlint-tsgolint/',
  '@rolldown/binding-',
  '@typescript/typescript-',
];
const platforms = [
  ['linux', 'x64'],
  ['linux', 'arm64'],
  ['darwin', 'arm64'],
  ['darwin', 'x64'],
] as const;

test.each(platforms)('the lockfile installs on %s %s', (os, cpu) => {
  for (const tool of tools) {
    const binaries = Object.entries(packages).filter(
      ([path, { os: oss, cpu: cpus, integrity }]) =>
        path.includes(`node_modules/${tool}`) &&
        oss?.includes(os) &&
        cpus?.includes(cpu) &&
        integrity !== undefined,
    );
    expect(binaries.length, tool).toBeGreaterThan(0);
  }
});

// Before a task puts the repository's own Node.js first, these run on the host's: npm does not say so, see .npmrc.
test.each(['projen', 'node', 'nx', 'esbuild', 'typescript'])(
  '%s runs on the oldest Node.js that the repository promises',
  (name) => {
    const { engines } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as Locked;
    const promised = Number(/\d+/.exec(engines!.node!)![0]);
    const wanted = packages[`node_modules/${name}`]?.engines?.node ?? '>=0';
    const oldest = Math.min(
      ...[...wanted.matchAll(/(?:>=?|\^|~)\s*v?(\d+)/g)].map(([, major]) => Number(major)),
    );
    expect(oldest, wanted).toBeLessThanOrEqual(promised);
  },
);

test('the lockfile names no registry', () => {
  const hosts = Object.values(packages).filter(({ resolved }) => resolved?.startsWith('http'));
  expect(hosts).toEqual([]);
});
