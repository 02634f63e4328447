import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InstanceMetadata } from '../aws/instance-metadata.ts';
import { readSecret } from '../aws/secret.ts';
import { writerLock } from '../backup/writer-lock.ts';
import { readLive } from '../config/live-config.ts';
import { disksOf } from '../disk-room.ts';
import { fileOnDisk, isProved } from '../config/proved-config.ts';
import { writeAtomically } from '../config/atomic-file.ts';
import { readIfPresent } from '../config/files.ts';
import { commandsUnitName } from '../commands/unit.ts';
import { egressUnitName } from '../egress/unit.ts';
import { notHere, type Observation } from '../conditions.ts';
import type { Host } from '../host/host.ts';
import { haveMovedOn, holderFiles } from '../openclaw/gateway-databases.ts';
import { hasLostFence } from '../openclaw/gateway-fence.ts';
import { configFile, gatewayUnitName, heapMegabytes } from '../openclaw/gateway-unit.ts';
import { podsRun } from '../openclaw-release.ts';
import { PeopleFiles } from '../people/people-files.ts';
import { peopleUnitName } from '../people/people-unit.ts';
import type { Report } from '../report.ts';
import { gatewaySecrets } from '../secrets/secret-environment.ts';
import { gatewayPort, type PodSpec } from '../spec/pod-spec.ts';
import { rolesAreDecided } from '../steps/assign-roles.ts';
import { observeMachine, settledFile, type Places } from './machine.ts';
import type { Settled, Wish } from './settled.ts';
import { digestOf } from './wish.ts';

/** What was true before a run counts no longer while it works. Where the disk lets nothing go, it counts for a quarter of an hour. */
export async function unsettle({ layout }: Pick<Host, 'layout'>): Promise<void> {
  await rm(settledFile(layout), { force: true }).catch(() => {});
}

/**
 * Remembers that a run has found nothing to do, so that the next looks need not run again.
 * Whatever keeps it from being remembered, the next look runs.
 * @param text of the spec that it ran by
 */
export async function settle(host: Host, spec: PodSpec, text: string, report: Report): Promise<void> {
  try {
    if (await foundNothing(host, spec, report)) await remember(host, thatRuns(spec, report), text);
  } catch {
    // As above; what is wrong with the machine, a run says.
  }
}

/** What was rolled back runs with another release than the spec's. */
function thatRuns(spec: PodSpec, { openclaw }: Report): PodSpec {
  return podsRun(openclaw) ? { ...spec, openclaw: { ...spec.openclaw, version: openclaw } } : spec;
}

/** A config of more files than people have is not looked at: a run reads them all. */
const mostFiles = 100;

async function remember(host: Host, spec: PodSpec, text: string): Promise<void> {
  const wish = await wishThatRuns(host, spec, text);
  const { live } = await readLive(host);
  const { pid } = await host.units.state(gatewayUnitName);
  if (wish === undefined || live === undefined || pid === undefined || live.includes.size >= mostFiles)
    return;
  const names = [...live.includes.keys()].map((name) => join(host.layout.state, name));
  const files = [
    ...names,
    configFile(host.layout),
    writerLock(host),
    ...holderFiles(host, spec),
    ...(await peopleFiles(host, spec)),
  ];
  const others = await otherProcesses(host);
  if (others === undefined) return;
  const places: Places = { pid, port: gatewayPort(spec), others, files, disks: disksOf(host.layout) };
  const machine = await observeMachine(places);
  // The file that was looked at may be another one than the gateway has locked, made meanwhile.
  if ((await hasLostFence(host, pid)) || (await haveMovedOn(host, spec))) return;
  // What is edited from here on is another file to the next look; what was edited before was not seen in effect.
  if (!(await isInEffect(host, spec, pid))) return;
  const settled: Settled & { places: Places } = {
    wish,
    machine,
    heapMegabytes: heapMegabytes(host.memory),
    places,
  };
  await writeAtomically(settledFile(host.layout), `${JSON.stringify(settled)}\n`);
}

/** @returns undefined where one of them is between two processes */
async function otherProcesses({ units }: Host): Promise<Readonly<Record<string, number>> | undefined> {
  const found: Record<string, number> = {};
  for (const name of [commandsUnitName, egressUnitName, peopleUnitName]) {
    const { status, pid } = await units.state(name);
    if (status === 'absent' || status === 'inactive') continue;
    if (status !== 'active' || pid === undefined) return undefined;
    found[name] = pid;
  }
  return found;
}

/** Where the pod has a list of people: it is another one whenever they are others. */
async function peopleFiles({ layout }: Host, { login }: PodSpec): Promise<readonly string[]> {
  const { changedFile } = new PeopleFiles(layout);
  return login !== undefined && (await readIfPresent(changedFile)) !== undefined ? [changedFile] : [];
}

/** Whether this process was seen to run with the config that is on disk. */
async function isInEffect(host: Host, spec: PodSpec, pid: number): Promise<boolean> {
  const file = await fileOnDisk(host);
  const { live } = await readLive(host);
  const state = await host.units.state(gatewayUnitName);
  if (live === undefined || state.status !== 'active' || state.pid !== pid) return false;
  return await isProved(host, spec, state, { set: live, file });
}

/** What is not yet as it should be is looked after each minute. */
const watched = new Set<string>([
  'ConfigInEffect',
  'DiskRoom',
  'InstanceMetadata',
  'LogsShipped',
  'CommandsApart',
  'PeopleKnown',
]);

async function foundNothing(
  host: Host,
  spec: PodSpec,
  { outcome, steps, conditions }: Report,
): Promise<boolean> {
  if (outcome !== 'unchanged' && outcome !== 'rolled-back') return false;
  if (steps.some(({ status }) => status === 'changed' || status === 'failed')) return false;
  const isAwaited = ({ type, status, reason }: Observation): boolean =>
    watched.has(type) && status !== 'True' && reason !== notHere;
  if (conditions.some(isAwaited)) return false;
  return await rolesAreDecided(host, spec);
}

/** @returns undefined where AWS says something else by now */
async function wishThatRuns(host: Host, spec: PodSpec, text: string): Promise<Wish | undefined> {
  const { secret, region, lifecycle } = spec;
  const current = secret && (await readSecret(secret.arn, region));
  const variables = await gatewaySecrets(host, current?.variables ?? {});
  const isCurrent = await host.units.hasSecretEnvironment(gatewayUnitName, variables);
  const target = lifecycle && (await new InstanceMetadata().targetLifecycleState());
  // Any other is on its way in or out, and a run's to see.
  if (!isCurrent || (target !== undefined && target !== 'InService')) return undefined;
  return { spec: digestOf(text), secret: current?.version, target };
}
