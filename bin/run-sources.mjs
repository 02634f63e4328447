// How a command of this repository runs in a clone, on whatever Node.js 20 or newer the host has.
// Plain JavaScript, because the host's Node.js reads it before one that strips types takes over.
import { spawn } from 'node:child_process';
import * as module from 'node:module';
import { constants } from 'node:os';
import { delimiter, dirname } from 'node:path';
import { isatty } from 'node:tty';
import { fileURLToPath } from 'node:url';

/** The oldest that runs every package's sources: the highest `minNodeVersion` in .projenrc.ts. */
const floor = [24, 16];

const condition = '--conditions=source';

/**
 * Runs a TypeScript program: in this process where its Node.js can, else in one of the repository's own.
 * @param {string} launcher URL of the file that the command's link leads to
 * @param {string} program module to run, relative to the launcher
 */
export async function runSources(launcher, program) {
  if (!process.execArgv.includes(condition)) {
    const [major, minor] = process.versions.node.split('.').map(Number);
    if (major < floor[0] || (major === floor[0] && minor < floor[1])) return handOver(launcher);
    // What the flag does, without a second process.
    module.registerHooks({
      resolve: (specifier, context, next) =>
        next(specifier, { ...context, conditions: ['source', ...context.conditions] }),
    });
  }
  // What was compiled is kept, by content: `up` loads thousands of modules, the AWS CDK among them. In the clone, which is the
  // person's own; the default would be a folder that everybody on the machine shares.
  module.enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url)));
  await import(new URL(program, launcher).href);
}

/**
 * Runs a program with the Node.js that `npm ci` installed, in place of this process: its streams and terminal,
 * arguments, signals and exit code.
 * @param {string} program URL of the program
 */
export function handOver(program) {
  let node;
  try {
    node = module.createRequire(import.meta.url).resolve('node/bin/node');
  } catch {
    process.stderr.write(
      `NODE_TOO_OLD Node.js ${process.versions.node} cannot run the sources, and the repository's own is not installed: run npm ci in ${fileURLToPath(new URL('..', import.meta.url))}\n`,
    );
    process.exitCode = 1;
    return;
  }
  const child = spawn(node, [condition, fileURLToPath(program), ...process.argv.slice(2)], {
    stdio: 'inherit',
    // As in a projen task: what the program starts by the name of node or npm has the same Node.js.
    env: { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2', 'SIGCONT']) {
    process.on(signal, () => setTimeout(() => child.kill(signal), grace(signal)));
  }
  child.once('error', ({ message }) => {
    process.stderr.write(`NODE_TOO_OLD ${node} cannot be started (${message}): run npm ci again\n`);
    process.exitCode = 1;
  });
  child.once('exit', (code, signal) => {
    if (code !== null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
    // Where the signal does not end this process.
    process.exit(128 + constants.signals[signal]);
  });
}

/**
 * A terminal sends what its keys mean to both, as it does below npx. A second one that comes while the program ends by the
 * first would kill it, however slowly a busy machine lets it end: who has not ended some seconds after gets it passed on, and
 * must take two for one.
 * @returns milliseconds
 */
function grace(signal) {
  return ['SIGINT', 'SIGQUIT'].includes(signal) && [0, 1, 2].some((descriptor) => isatty(descriptor))
    ? 3_000
    : 0;
}
