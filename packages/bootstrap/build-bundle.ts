import { mkdirSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import type * as Esbuild from 'esbuild';
import { pluginFiles, pluginInputs } from '../openclaw-plugin/build-bundle.ts';

const outfile = join(import.meta.dirname, 'dist/clawharbor-bootstrap.mjs');

/** What goes into the bundle; packages from npm go into the lockfile. */
const inputs = [
  'src',
  '../config-merge/src',
  'build-bundle.ts',
  'package.json',
  '../config-merge/package.json',
  '../../package-lock.json',
]
  .map((path) => join(import.meta.dirname, path))
  .concat(pluginInputs);

/** Bundles the bootstrap into one file that needs nothing but Node.js. Who reads it meanwhile has the old or the new one. */
function build(): void {
  // Loaded here, because who only asks whether the bundle is fresh needs none.
  const esbuild = createRequire(import.meta.url)('esbuild') as typeof Esbuild;
  const shared: Esbuild.BuildOptions & { write: false } = {
    absWorkingDir: import.meta.dirname,
    write: false,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    conditions: ['source', 'module'],
    // The AWS SDK has ES modules for bundlers: what no step calls stays out, and each start reads and compiles less.
    mainFields: ['module', 'main'],
    logLevel: 'silent',
  };
  const program = (entry: string): string => {
    const { outputFiles } = esbuild.buildSync({ ...shared, entryPoints: [entry], minify: true });
    return JSON.stringify(outputFiles[0]?.text);
  };
  const { outputFiles } = esbuild.buildSync({
    ...shared,
    entryPoints: ['src/bin/clawharbor-bootstrap.ts'],
    outfile,
    // For src/look/bundled.ts, src/databases/bundled.ts, src/egress/bundled.ts and src/plugin/bundled.ts.
    define: {
      PLUGIN_FILES: JSON.stringify(pluginFiles()),
      LOOK_PROGRAM: program('src/look/program.ts'),
      DATABASES_PROGRAM: program('src/databases/program.ts'),
      EGRESS_PROGRAM: program('src/egress/program.ts'),
    },
    minifySyntax: true,
    legalComments: 'linked',
    // Some dependencies are CommonJS and call require() for Node's own modules.
    banner: {
      js: `import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);`,
    },
  });
  mkdirSync(dirname(outfile), { recursive: true });
  for (const { path, contents } of outputFiles) {
    const temporary = join(dirname(path), `.${basename(path)}.${process.pid}`);
    writeFileSync(temporary, contents);
    renameSync(temporary, path);
  }
}

/** Builds the bundle unless it is there and no input is newer. @throws Error with esbuild's words */
export function buildUnlessFresh(): void {
  const built = statSync(outfile, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (inputs.some((input) => changedSince(input, built))) build();
}

function changedSince(path: string, time: number): boolean {
  const stat = statSync(path);
  // A folder is newer when something in it came, went or was renamed.
  if (stat.mtimeMs > time) return true;
  return stat.isDirectory() && readdirSync(path).some((name) => changedSince(join(path, name), time));
}

if (import.meta.main) build();
