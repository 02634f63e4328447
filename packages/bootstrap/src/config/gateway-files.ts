import * as z from 'zod';
import { BootstrapError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { temporaryOf } from '../temporary/name.ts';

/** A file below the state directory that people, or their agent, named. */
export type NamedFile =
  { readonly name: string; readonly text: string } | { readonly name: string; readonly why: string };

const named = z.object({ name: z.string(), text: z.string().optional(), why: z.string().optional() });
const written = z.object({ changed: z.array(z.string()) });

/** What OpenClaw reads of one included file at most. */
const maxBytes = 2 * 1024 * 1024;

/** What is read of all of them together, as much as of the main file: what somebody planted must not fill the memory. */
const maxBytesOfAll = 16 * 1024 * 1024;

/**
 * Files that a config includes have names which the agent can choose, in folders that it can swap. So nobody reads or
 * writes them with more rights than the agent has: Node.js runs as the gateway's user, and does as OpenClaw does (no
 * links that lead outside, no hard links, at most 2 MiB: `docs/gateway/configuration/common-tasks.md`).
 */
export class GatewayFiles {
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  async read(names: readonly string[]): Promise<readonly NamedFile[]> {
    if (names.length === 0) return [];
    const answer = await this.#run({ task: 'read', names });
    return z
      .array(named)
      .parse(answer)
      .map(({ name, text, why }) => (text === undefined ? { name, why: why ?? '' } : { name, text }));
  }

  /**
   * Writes each file atomically, if it still has what it had. @returns the names of those that somebody else changed
   * meanwhile: they were left alone
   */
  async write(
    files: readonly { readonly name: string; readonly before: string | undefined; readonly text: string }[],
  ): Promise<readonly string[]> {
    if (files.length === 0) return [];
    const complete = files.map((file) => ({ ...file, temporary: temporaryOf(file.name) }));
    return written.parse(await this.#run({ task: 'write', files: complete })).changed;
  }

  async #run(input: object): Promise<unknown> {
    const { node, layout, gatewayUser } = this.#host;
    const result = await this.#host.run({
      file: node,
      args: ['--input-type=module', '--eval', program],
      cwd: layout.state,
      input: JSON.stringify({ root: layout.state, maxBytes, maxBytesOfAll, ...input }),
      // JSON writes up to six characters for one.
      outputLimit: 7 * maxBytesOfAll,
      timeoutSeconds: 60,
      ...(gatewayUser === undefined ? {} : { user: gatewayUser }),
    });
    if (result.exitCode === 0) return JSON.parse(result.stdout);
    throw new BootstrapError(
      'FILE_UNREADABLE',
      `The files that the config includes could not be reached in ${layout.state}: ${result.stderr.trim().slice(-500)}`,
    );
  }
}

/** Runs apart from this program, so it is text: it shares nothing with the rest of it. */
const program = `
import { constants } from 'node:fs';
import { open, readFile, realpath, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';

const { task, root, names, files, maxBytes, maxBytesOfAll } = JSON.parse(await text(process.stdin));
const realRoot = await realpath(root);
const isInside = (path) => path === realRoot || path.startsWith(realRoot + '/');
let left = maxBytesOfAll;

async function contentOf(name) {
  const path = await realpath(join(root, name));
  if (!isInside(path)) return { why: 'leads out of the folder of the config' };
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const { size, nlink } = await handle.stat();
    if (!(await handle.stat()).isFile()) return { why: 'is not a regular file' };
    if (nlink > 1) return { why: 'is a hard link' };
    if (size > maxBytes) return { why: 'is too large: OpenClaw reads at most ' + maxBytes + ' bytes' };
    if (size > left) return { why: 'is too much: of all included files together at most ' + maxBytesOfAll + ' bytes are read' };
    left -= size;
    return { text: await handle.readFile('utf8') };
  } finally {
    await handle.close();
  }
}

const read = (name) => contentOf(name).catch((error) => ({ why: error.code === 'ENOENT' ? 'is not there' : 'cannot be read (' + error.code + ')' }));

async function write({ name, temporary: temporaryName, before, text }) {
  const path = join(root, name);
  const folder = await realpath(dirname(path));
  if (!isInside(folder)) throw new Error(name + ' leads out of ' + root);
  const now = await readFile(path, 'utf8').catch(() => undefined);
  if (now !== before) return false;
  const temporary = join(root, temporaryName);
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
  return true;
}

if (task === 'read') {
  const found = [];
  for (const name of names) found.push({ name, ...(await read(name)) });
  process.stdout.write(JSON.stringify(found));
} else {
  const changed = [];
  for (const file of files) if (!(await write(file))) changed.push(file.name);
  process.stdout.write(JSON.stringify({ changed }));
}
`;
