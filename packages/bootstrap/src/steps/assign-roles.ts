import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { parseOrNothing, readIfPresent } from '../config/files.ts';
import { writeRecord } from '../config/record-file.ts';
import { BootstrapError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import {
  adminRole,
  administratorsOf,
  connected,
  profileFor,
  roleChanges,
  strangers,
  userList,
  type RoleChange,
} from '../openclaw/administrators.ts';
import { askGateway, gatewayCall } from '../openclaw/gateway-call.ts';
import { gatewayUnitName } from '../openclaw/gateway-unit.ts';
import { canCreateProfiles, createProfiles } from '../openclaw/new-profiles.ts';
import type { PodSpec } from '../spec/pod-spec.ts';
import type { Step, StepContext, StepResult, Warning } from './step.ts';
import { untilQuiet } from './until-quiet.ts';

const logLines = 500;

/**
 * Gives the administrators of the config their role. OpenClaw caps what `identityScopes` grants by the role of the person,
 * and roles are no part of its config. Who never logged in gets a profile first, so that their first login is an
 * administrator's: docs/decisions/0014. It is before the lifecycle signal: until then nobody can log in.
 */
export const assignRoles: Step = {
  name: 'assign-roles',
  phase: 'activate',
  async plan({ host, spec }) {
    const waiting = canCreateProfiles(spec.openclaw.version)
      ? await notAdmitted(host, spec)
      : await administratorsToAdmit(host, spec);
    return waiting.map((identity) => `give ${identity} the role ${adminRole}`);
  },
  async apply(context) {
    if (!(await mayDiffer(context))) return { changes: [] };
    try {
      return await admit(context);
    } catch (error) {
      // People can work without; nobody has more than they should.
      return { changes: [], warnings: [warningOf(error)] };
    }
  },
};

/** Administrators who have connected and do not have their role yet. Asks the log, not the gateway: it is cheap. */
export async function administratorsToAdmit(host: Host, spec: PodSpec): Promise<string[]> {
  const missing = await notAdmitted(host, spec);
  return missing.length === 0 ? [] : connected(await host.units.tail(gatewayUnitName, logLines), missing);
}

/** Administrators who do not have their role yet, whether or not they were ever here. */
export async function notAdmitted(host: Host, spec: PodSpec): Promise<string[]> {
  const admitted = await readAdmitted(host);
  return administratorsOf(spec.openclaw.config).filter((identity) => !admitted.includes(identity));
}

/** Whether all who are to have the role have it, and nobody else was given it. */
export async function rolesAreDecided(host: Host, spec: PodSpec): Promise<boolean> {
  const administrators = administratorsOf(spec.openclaw.config);
  const hasGone = (identity: string): boolean => !administrators.includes(identity);
  return (await notAdmitted(host, spec)).length === 0 && !(await readAdmitted(host)).some(hasGone);
}

/** Asking the gateway takes seconds of a new instance's start, so it is asked only where the answer may matter. */
async function mayDiffer({ host, spec, done }: StepContext): Promise<boolean> {
  const administrators = administratorsOf(spec.openclaw.config);
  const admitted = await readAdmitted(host);
  if (admitted.some((identity) => !administrators.includes(identity))) return true;
  if (administrators.length > 0 && (done.get('merge-config')?.changes.length ?? 0) > 0) return true;
  if (administrators.every((identity) => admitted.includes(identity))) return false;
  if (canCreateProfiles(spec.openclaw.version)) return true;
  // A new process has an empty log, and somebody may have connected to the one before.
  const isFresh = (done.get('start-gateway')?.changes.length ?? 0) > 0;
  return isFresh || (await administratorsToAdmit(host, spec)).length > 0;
}

async function admit(context: StepContext): Promise<StepResult> {
  const { host, spec } = context;
  const administrators = administratorsOf(spec.openclaw.config);
  const { profiles } = await askGateway(context, 'users.list', {}, userList);
  const unknown = strangers(profiles, administrators);
  const { admitted, warnings } = await welcome(context, unknown);
  const changes = roleChanges(profiles, administrators);
  const isTaken = ({ role }: RoleChange): boolean => role === null;
  const set = async ({ profileId, role }: RoleChange): Promise<void> =>
    void (await gatewayCall(context, 'users.setRole', { profileId, role }));
  // To take something away is not put off.
  for (const change of changes.filter(isTaken)) await set(change);
  const promoted = changes.filter((change) => !isTaken(change));
  const waited = promoted.length === 0 ? undefined : await quietMoment(context);
  for (const change of promoted) await set(change);
  const waiting = unknown.filter((identity) => !admitted.includes(identity));
  await writeAdmitted(
    host,
    administrators.filter((identity) => !waiting.includes(identity)),
  );
  const given = admitted.map(
    (identity) => `give ${identity} the role ${adminRole}, ahead of the first login`,
  );
  const told = waited === undefined ? [] : [waited];
  return { changes: [...given, ...told, ...changes.map(describe)], warnings };
}

/**
 * OpenClaw ends the turn of somebody whom it gives a role: it is given when nobody is in one. Nobody can be in one on a
 * gateway that was just started.
 */
async function quietMoment(context: StepContext): Promise<string | undefined> {
  const isFresh = (context.done.get('start-gateway')?.changes.length ?? 0) > 0;
  return isFresh ? undefined : await untilQuiet(context);
}

/**
 * Makes administrators of people who never logged in. Only the bare profile is written past the gateway. Role and identity
 * come by its own methods, which tell everything in it that keeps people in memory; the identity last, because it is what
 * a login looks for.
 */
async function welcome(
  context: StepContext,
  identities: readonly string[],
): Promise<{ readonly admitted: readonly string[]; readonly warnings: readonly Warning[] }> {
  if (identities.length === 0 || !canCreateProfiles(context.spec.openclaw.version)) {
    return { admitted: [], warnings: [] };
  }
  try {
    await createProfiles(context, identities.map(profileFor));
    for (const identity of identities) {
      const { id } = profileFor(identity);
      await gatewayCall(context, 'users.setRole', { profileId: id, role: adminRole });
      await gatewayCall(context, 'users.linkEmail', { email: identity, targetProfileId: id });
    }
    return { admitted: identities, warnings: [] };
  } catch (error) {
    const { code, message } = warningOf(error);
    const late = `${identities.join(', ')}: the role ${adminRole} comes soon after the first login, and cuts off what was sent before it`;
    return { admitted: [], warnings: [{ code, message: `${late}. ${message}` }] };
  }
}

function describe({ identity, role }: RoleChange): string {
  const change =
    role === null ? `take the role ${adminRole} from ${identity}` : `give ${identity} the role ${role}`;
  return `${change}: what they have open reconnects, and an answer that was under way has ended`;
}

function warningOf(error: unknown): Warning {
  if (!(error instanceof BootstrapError)) throw error;
  return { code: error.code, message: error.message };
}

const name = 'administrators.json';

const fileOf = ({ layout }: Host): string => join(layout.records, name);

async function readAdmitted(host: Host): Promise<string[]> {
  const text = await readIfPresent(fileOf(host));
  return text === undefined ? [] : z.array(z.string()).catch([]).parse(parseOrNothing(text));
}

async function writeAdmitted(host: Host, identities: readonly string[]): Promise<void> {
  await mkdir(host.layout.records, { recursive: true });
  await writeRecord(host.layout, name, `${JSON.stringify(identities)}\n`);
}
