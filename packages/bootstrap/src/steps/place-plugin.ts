import { chmod, mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readIfPresent } from '../config/files.ts';
import { placeFile } from '../host/systemd/place-file.ts';
import { clawharborPlugin, type PlacedPlugin } from '../plugin/directory.ts';
import { temporaryOf } from '../temporary/name.ts';
import type { Step } from './step.ts';

/**
 * Puts Clawharbor's plugin where the gateway loads it from. Files and folders are the bootstrap's own and nobody else may write
 * to them: OpenClaw refuses a plugin that is anybody's to change, or another account's than root's and its own.
 */
export const placePlugin: Step = {
  name: 'place-plugin',
  phase: 'prepare',
  async plan({ host, spec }) {
    const plugin = clawharborPlugin(spec, host.layout);
    if (plugin === undefined || (await isPlaced(plugin))) return [];
    return [`place the plugin ${plugin.directory}`];
  },
  async apply({ host, spec }) {
    const plugin = clawharborPlugin(spec, host.layout);
    if (plugin === undefined) return { changes: [], skipped: 'the spec has no login' };
    if (await isPlaced(plugin)) return { changes: [] };
    await place(plugin);
    return { changes: [`place the plugin ${plugin.directory}`] };
  },
};

/** What lies there is compared, not only its name: a disk that was full has left less. */
async function isPlaced({ directory, files }: PlacedPlugin): Promise<boolean> {
  for (const [path, text] of Object.entries(files)) {
    if ((await readIfPresent(join(directory, path))) !== text) return false;
  }
  return true;
}

async function place({ directory, files }: PlacedPlugin): Promise<void> {
  const temporary = temporaryOf(directory);
  try {
    for (const [path, text] of Object.entries(files)) {
      const file = join(temporary, path);
      await mkdir(dirname(file), { recursive: true });
      await placeFile(file, text, 0o644);
    }
    // The modes hold whatever the umask is.
    const folders = new Set(Object.keys(files).flatMap(foldersOf));
    for (const folder of folders) await chmod(join(temporary, folder), 0o755);
    if ((await stat(directory).catch(() => undefined)) !== undefined) {
      await rm(directory, { recursive: true, force: true });
    }
    await rename(temporary, directory);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** The folders above a file, the plugin's own first. */
function foldersOf(path: string): string[] {
  const folder = dirname(path);
  return folder === '.' ? ['.'] : [...foldersOf(folder), folder];
}
