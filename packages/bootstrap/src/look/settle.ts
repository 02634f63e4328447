import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InstanceMetadata } from '../aws/instance-metadata.ts';
import { readSecret } from '../aws/secret.ts';
import { readLive } from '../config/live-config.ts';
import { writeAtomically } from '../config/atomic-file.ts';
import type { Host } from '../host/host.ts';
import { configFile, gatewayUnitName, heapMegabytes } from '../openclaw/gateway-unit.ts';
import type { Report } from '../report.ts';
import type { PodSpec } from '../spec/pod-spec.ts';
import { notAdmitted } from '../steps/assign-roles.ts';
import { observeMachine, settledFile, type Places } from './machine.ts';
import type { Settled, Wish } from './settled.ts';
import { digestOf } from './wish.ts';

/** What was true before a run counts no longer while it works. Where the disk lets nothing go, it counts for a quarter of an hour. */
export async function unsettle({ layout }: Pick<Host, 'layout'>): Promise<void> {
  await rm(settledFile(layout), { force: true }).catch(() => {});
}

/** Whoever wrote to the file server so shortly before a run may have a clock that is behind. */
const clockMilliseconds = 5000;

/**
 * Remembers that a run has found nothing to do, so that the next looks need not run again.
 * Whatever keeps it from being remembered, the next look runs.
 * @param text of the spec that it ran by
 */
export async function settle(host: Host, spec: PodSpec, text: string, report: Report): Promise<void> {
  try {
    if (await foundNothing(host, spec, report))
      await remember(host, spec, text, Date.parse(report.startedAt));
  } catch {
    // As above; what is wrong with the machine, a run says.
  }
}

async function remember(host: Host, spec: PodSpec, text: string, startedAt: number): Promise<void> {
  const wish = await wishThatRuns(host, spec, text);
  const { live } = await readLive(host);
  const { pid } = await host.units.state(gatewayUnitName);
  if (wish === undefined || live === undefined || pid === undefined) return;
  const names = [...live.includes.keys()].map((name) => join(host.layout.state, name));
  const places: Places = { pid, files: [configFile(host.layout), ...names] };
  const machine = await observeMachine(places);
  // An edit during the run is for the next one.
  if (newestChange(machine.files) > startedAt - clockMilliseconds) return;
  const settled: Settled & { places: Places } = {
    wish,
    machine,
    heapMegabytes: heapMegabytes(host.memory),
    places,
  };
  await writeAtomically(settledFile(host.layout), `${JSON.stringify(settled)}\n`);
}

/** What is not yet as it should be is looked after each minute. */
const watched = new Set<string>(['ConfigInEffect', 'InstanceMetadata']);

async function foundNothing(
  host: Host,
  spec: PodSpec,
  { outcome, steps, conditions }: Report,
): Promise<boolean> {
  if (outcome !== 'unchanged' && outcome !== 'rolled-back') return false;
  if (steps.some(({ status }) => status === 'changed')) return false;
  if (conditions.some(({ type, status }) => watched.has(type) && status !== 'True')) return false;
  return (await notAdmitted(host, spec)).length === 0;
}

/** @returns undefined where AWS says something else by now */
async function wishThatRuns(host: Host, spec: PodSpec, text: string): Promise<Wish | undefined> {
  const { secret, region, lifecycle } = spec;
  const current = secret && (await readSecret(secret.arn, region));
  const running = await host.units.secretEnvironment(gatewayUnitName);
  const isCurrent = Object.entries(current?.variables ?? {}).every(
    ([name, value]) => value === (running[name] ?? ''),
  );
  const target = lifecycle && (await new InstanceMetadata().targetLifecycleState());
  // Any other is on its way in or out, and a run's to see.
  if (!isCurrent || (target !== undefined && target !== 'InService')) return undefined;
  return { spec: digestOf(text), secret: current?.version, target };
}

/** The last time of change in what stat(1) says, in milliseconds since 1970. */
function newestChange(files: string): number {
  const times = files.matchAll(/(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)\.\d+ ([+-]\d{4})/g);
  return Math.max(...[...times].map(([, day, time, zone]) => Date.parse(`${day}T${time}${zone}`)));
}
