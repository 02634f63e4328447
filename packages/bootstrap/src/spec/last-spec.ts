import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../config/atomic-file.ts';
import { parseOrNothing, readIfPresent } from '../config/files.ts';
import { BootstrapError } from '../errors.ts';
import type { Layout } from '../host/layout.ts';
import { parsePodSpec } from './parse.ts';
import type { PodSpec } from './pod-spec.ts';

/**
 * Remembers on this machine the spec that it runs by, for when the next one cannot be read. A disk that cannot take it is
 * no reason not to run by it.
 */
export async function rememberSpec(layout: Layout, spec: PodSpec): Promise<void> {
  const text = `${JSON.stringify(spec)}\n`;
  try {
    if ((await readIfPresent(fileOf(layout))) === text) return;
    await mkdir(layout.reports, { recursive: true });
    await writeAtomically(fileOf(layout), text);
  } catch {
    // As above; whatever ails the disk, the steps will say.
  }
}

/** @returns undefined before the first one, and for one that this program does not know */
export async function lastSpec(layout: Layout): Promise<PodSpec | undefined> {
  try {
    const text = await readIfPresent(fileOf(layout));
    return text === undefined ? undefined : parsePodSpec(parseOrNothing(text), fileOf(layout));
  } catch (error) {
    if (error instanceof BootstrapError) return undefined;
    throw error;
  }
}

const fileOf = ({ reports }: Layout): string => join(reports, 'spec.json');
