import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { cp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { isTemporary } from '../../src/temporary/name.ts';
import type { TestPod } from './pod.ts';

const program = new URL('../../src/bin/clawharbor-bootstrap.ts', import.meta.url).pathname;

/** When the power goes: so long after the start, or with the so-manieth word of the bootstrap (from 1). */
export type Instant = { readonly milliseconds: number } | { readonly event: number };

/** Runs the bootstrap as a process of its own, until the power goes. @returns whether it went before the run was through */
export async function runUntil(
  instant: Instant,
  pod: TestPod,
  specFile: string,
): Promise<{ readonly wasCut: boolean; readonly lastEvent: string; readonly events: number }> {
  const where = ['--root', join(pod.directory, 'instance-0'), '--logs', join(pod.directory, 'logs')];
  where.push('--state', pod.host.layout.state, '--artifacts', pod.host.layout.artifacts);
  const child = spawn(
    process.execPath,
    ['--conditions=source', program, 'run', '--json', '--host=process', `--spec=${specFile}`, ...where],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  let wasCut = false;
  const cut = (): void => {
    if (child.exitCode === null) wasCut = cutPower(child.pid!) || wasCut;
  };
  const timer = 'milliseconds' in instant ? setTimeout(cut, instant.milliseconds) : undefined;
  const ended = new Promise((resolve) => child.once('close', resolve));
  let events = 0;
  let lastEvent = '';
  for await (const line of createInterface({ input: child.stdout })) {
    lastEvent = line;
    events += 1;
    if ('event' in instant && events === instant.event) cut();
  }
  await ended;
  clearTimeout(timer);
  return { wasCut, lastEvent, events };
}

/**
 * Ends a process and all that came of it at one moment, as a power cut does: each is frozen before the first one is
 * killed, so that none sees the end of another.
 */
export function cutPower(pid: number): boolean {
  const frozen = new Set<number>();
  for (let found = [pid]; found.length > 0; found = family(pid).filter((each) => !frozen.has(each))) {
    for (const each of found) {
      send(each, 'SIGSTOP');
      frozen.add(each);
    }
  }
  let was = false;
  for (const each of frozen) was = send(each, 'SIGKILL') || was;
  return was;
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** The process and its descendants: field 4 of https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function family(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // It has ended meanwhile.
    }
  }
  const found = [root];
  for (const parent of found) {
    for (const [pid, of] of parents) if (of === parent) found.push(pid);
  }
  return found;
}

/** What a pod has come to: all that must be the same, whatever happened on the way. */
export async function endOf({ host, directory }: TestPod): Promise<unknown> {
  const { state, records, install, artifacts } = host.layout;
  const history = await readdir(join(records, 'config-history')).catch(() => []);
  const names = (await readdir(records)).filter((name) => name.endsWith('.json')).toSorted();
  return {
    config: await readFile(join(state, 'openclaw.json'), 'utf8'),
    state: (await readdir(state)).toSorted(),
    records: await Promise.all(
      names.map(async (name) => [name, timeless(await readFile(join(records, name), 'utf8'))]),
    ),
    // Named by time and content.
    history: [...new Set(history.map((name) => name.replace(/^.*-/, '')))].toSorted(),
    installed: (await readdir(install, { recursive: true })).toSorted(),
    artifacts: (await readdir(artifacts)).toSorted(),
    leftovers: (await readdir(directory, { recursive: true })).filter((name) =>
      name.split('/').some((part) => isTemporary(part) || part.includes('candidate')),
    ),
  };
}

const timeless = (text: string): string => text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME');

/** A directory as it was, to begin from again. */
export async function keepAs(from: string, to: string): Promise<void> {
  await rm(to, { recursive: true, force: true });
  await cp(from, to, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
}
