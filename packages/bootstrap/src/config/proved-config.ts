import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { Host } from '../host/host.ts';
import type { UnitState } from '../host/unit.ts';
import { configFile } from '../openclaw/gateway-unit.ts';
import type { PodSpec } from '../spec/pod-spec.ts';
import { writeAtomically } from './atomic-file.ts';
import { fingerprint, type ConfigSet } from './config-set.ts';
import { parseOrNothing, readIfPresent } from './files.ts';

const proof = z.object({ config: z.string(), version: z.string(), pid: z.number(), file: z.string() });

/** A config that is on disk, and which file it is in: what was away for a while and came back is another file. */
export interface OnDisk {
  readonly set: ConfigSet;
  readonly file: string;
}

/** Which file the main file is now. To be asked before the file is read: one that is written in between is another one. */
export async function fileOnDisk({ layout }: Host): Promise<string> {
  const found = await stat(configFile(layout)).catch(() => undefined);
  // Nobody but the kernel sets the time of change: https://man7.org/linux/man-pages/man7/inode.7.html
  return JSON.stringify([found?.ino, found?.mtimeMs, found?.ctimeMs]);
}

/**
 * Whether the running process was seen to run with this very config, since it was written. A restart of OpenClaw's own
 * keeps the process, and reads the config that is on disk: another one there, and be it for a while, is another proof to get.
 */
export async function isProved(
  host: Host,
  spec: PodSpec,
  state: UnitState,
  onDisk: OnDisk,
): Promise<boolean> {
  const text = await readIfPresent(fileOf(host));
  const known = text === undefined ? undefined : proof.safeParse(parseOrNothing(text)).data;
  return (
    known !== undefined &&
    known.pid === state.pid &&
    known.version === spec.openclaw.version &&
    known.file === onDisk.file &&
    known.config === fingerprint(onDisk.set)
  );
}

/** Remembers on this machine, whose process it is, that the gateway was seen to run with a config. */
export async function saveProved(
  host: Host,
  spec: PodSpec,
  state: UnitState,
  { set, file }: OnDisk,
): Promise<void> {
  if (state.pid === undefined) return;
  const proved = { config: fingerprint(set), version: spec.openclaw.version, pid: state.pid, file };
  await mkdir(host.layout.reports, { recursive: true });
  await writeAtomically(fileOf(host), `${JSON.stringify(proved satisfies z.input<typeof proof>)}\n`);
}

const fileOf = ({ layout }: Host): string => join(layout.reports, 'config-in-effect.json');

const futile = z.object({ config: z.string(), version: z.string(), at: z.iso.datetime() });

/** Why a restart does not help may lie outside of config and release: after this time it is tried once more. */
const futileHours = 24;

/** Whether a gateway was restarted for this very config, and ran with another one all the same. */
export async function wasFutile(host: Host, spec: PodSpec, set: ConfigSet): Promise<boolean> {
  const text = await readIfPresent(futileFileOf(host));
  const known = text === undefined ? undefined : futile.safeParse(parseOrNothing(text)).data;
  return (
    known !== undefined &&
    known.version === spec.openclaw.version &&
    known.config === fingerprint(set) &&
    Math.abs(host.now().getTime() - Date.parse(known.at)) < futileHours * 3_600_000
  );
}

/** Remembers that a restart for a config did not help: each run would do it again. */
export async function saveFutile(host: Host, spec: PodSpec, set: ConfigSet): Promise<void> {
  const known = { config: fingerprint(set), version: spec.openclaw.version, at: host.now().toISOString() };
  await mkdir(host.layout.reports, { recursive: true });
  await writeAtomically(futileFileOf(host), `${JSON.stringify(known satisfies z.input<typeof futile>)}\n`);
}

const futileFileOf = ({ layout }: Host): string => join(layout.reports, 'restart-was-futile.json');
