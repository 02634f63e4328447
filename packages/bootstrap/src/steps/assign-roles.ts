import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { parseOrNothing, readIfPresent } from '../config/files.ts';
import { writeRecord } from '../config/record-file.ts';
import { BootstrapError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import {
  adminRole,
  connected,
  nameChanges,
  profileFor,
  roleChanges,
  strangers,
  userList,
  type NameChange,
  type RoleChange,
} from '../openclaw/administrators.ts';
import { askGateway, gatewayCall } from '../openclaw/gateway-call.ts';
import { gatewayUnitName } from '../openclaw/gateway-unit.ts';
import { canCreateProfiles, createProfiles } from '../openclaw/new-profiles.ts';
import { PeopleFiles } from '../people/people-files.ts';
import { wantedPeople, type WantedPerson } from '../people/wanted-people.ts';
import type { PodSpec } from '../spec/pod-spec.ts';
import type { Step, StepContext, StepResult, Warning } from './step.ts';
import { untilQuiet } from './until-quiet.ts';

const logLines = 500;

/** A user pool of more people is not a team's: those who have no role of their own get their names after their first login. */
const mostAhead = 500;

/**
 * Gives people their roles and names: the administrators of the config, and whoever the user pool says is in. OpenClaw caps what
 * `identityScopes` grants by the role of the person, and roles are no part of its config. Who never logged in gets a profile first,
 * so that their first login is theirs in role and name: docs/decisions/0014 and 0037. It is before the lifecycle signal: until then
 * nobody can log in.
 */
export const assignRoles: Step = {
  name: 'assign-roles',
  phase: 'activate',
  async plan({ host, spec }) {
    const waiting = await (canCreateProfiles(spec.openclaw.version) ? notAdmitted : peopleToAdmit)(
      host,
      spec,
    );
    return announced(waiting);
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

/** Who has connected and does not have their role and name yet. Asks the log, not the gateway: it is cheap. */
export async function peopleToAdmit(host: Host, spec: PodSpec): Promise<readonly WantedPerson[]> {
  const missing = await notAdmitted(host, spec);
  if (missing.length === 0) return [];
  const log = await host.units.tail(gatewayUnitName, logLines);
  const here = new Set(
    connected(
      log,
      missing.map(({ identity }) => identity),
    ),
  );
  return missing.filter(({ identity }) => here.has(identity));
}

/** Who does not have their role and name yet, whether or not they were ever here. */
async function notAdmitted(host: Host, spec: PodSpec): Promise<readonly WantedPerson[]> {
  const admitted = await readAdmitted(host);
  return (await wanted(host, spec)).filter((person) => admitted.get(person.identity) !== markOf(person));
}

/** Whether all who are to have a role or a name have it, and nobody else is an administrator. */
export async function rolesAreDecided(host: Host, spec: PodSpec): Promise<boolean> {
  const admitted = await readAdmitted(host);
  const hasRole = (mark: string | undefined): boolean => mark !== undefined && !roleless.includes(mark);
  // Where they are not known ahead, nobody waits for the login of people who have no role of their own.
  const isKnownAhead =
    canCreateProfiles(spec.openclaw.version) && (await wanted(host, spec)).length <= mostAhead;
  const isWaiting = ({ identity, role }: WantedPerson): boolean =>
    isKnownAhead || typeof role === 'string' || hasRole(admitted.get(identity));
  return !(await notAdmitted(host, spec)).some(isWaiting) && !(await hasGone(host, spec));
}

/** Whether somebody has the administrators' role who no longer is one. */
async function hasGone(host: Host, spec: PodSpec): Promise<boolean> {
  const people = new Set((await wanted(host, spec)).map(({ identity }) => identity));
  const admitted = [...(await readAdmitted(host))];
  return admitted.some(([identity, mark]) => mark === adminRole && !people.has(identity));
}

/** Asking the gateway takes seconds of a new instance's start, so it is asked only where the answer may matter. */
async function mayDiffer(context: StepContext): Promise<boolean> {
  const { host, spec, done } = context;
  const people = await wanted(host, spec);
  if (await hasGone(host, spec)) return true;
  if (people.length > 0 && (done.get('merge-config')?.changes.length ?? 0) > 0) return true;
  if ((await notAdmitted(host, spec)).length === 0) return false;
  if (canCreateProfiles(spec.openclaw.version)) return true;
  // A new process has an empty log, and somebody may have connected to the one before.
  const isFresh = (done.get('start-gateway')?.changes.length ?? 0) > 0;
  return isFresh || (await peopleToAdmit(host, spec)).length > 0;
}

async function admit(context: StepContext): Promise<StepResult> {
  const { host, spec } = context;
  const people = await wanted(host, spec);
  const { profiles } = await askGateway(context, 'users.list', {}, userList);
  const unknown = strangers(profiles, people);
  const { admitted, warnings } = await welcome(context, unknown);
  const changes = roleChanges(profiles, people);
  const isTaken = ({ role }: RoleChange): boolean => role === null;
  const set = async ({ profileId, role }: RoleChange): Promise<void> =>
    void (await gatewayCall(context, 'users.setRole', { profileId, role }));
  // To take something away is not put off.
  for (const change of changes.filter(isTaken)) await set(change);
  const promoted = changes.filter((change) => !isTaken(change));
  const waited = promoted.length === 0 ? undefined : await quietMoment(context);
  for (const change of promoted) await set(change);
  const names = nameChanges(profiles, people);
  await call(context, names);
  const waiting = new Set(unknown.filter((person) => !admitted.includes(person)));
  await writeAdmitted(
    host,
    people.filter((person) => !waiting.has(person)),
  );
  const told = waited === undefined ? [] : [waited];
  const named = names.length === 0 ? [] : [`give ${counted(names.length)} their name`];
  return {
    changes: [
      ...announced(admitted).map((change) => `${change}, ahead of the first login`),
      ...named,
      ...told,
      ...changes.map(describe),
    ],
    warnings,
  };
}

/** The name of somebody else is an administrator's to change: OpenClaw's client asks for less by itself (2026.9.6). */
async function call(context: StepContext, names: readonly NameChange[]): Promise<void> {
  for (const { profileId, name: displayName } of names) {
    const parameters = { profileId, displayName };
    await gatewayCall(context, 'users.setDisplayName', parameters, { scopes: ['operator.admin'] });
  }
}

/** Marks of who has no role of their own: with and without a name to call them by. */
const roleless = ['', ' '];

function markOf({ role, name }: WantedPerson): string {
  return role ?? roleless[name === undefined ? 0 : 1]!;
}

/** Those with a role one by one, all others as one line: a report is no list of people. */
function announced(people: readonly WantedPerson[]): string[] {
  const withRole = people.filter(({ role }) => typeof role === 'string');
  const others = people.length - withRole.length;
  return [
    ...withRole.map(({ identity, role }) => `give ${identity} the role ${role}`),
    ...(others === 0 ? [] : [`make ${counted(others)} known`]),
  ];
}

const counted = (people: number): string => `${people} ${people === 1 ? 'person' : 'people'}`;

async function wanted(host: Host, spec: PodSpec): Promise<readonly WantedPerson[]> {
  const list = spec.login && (await new PeopleFiles(host.layout).read());
  return wantedPeople(spec, list);
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
 * Makes people known who never logged in. Only the bare profile is written past the gateway. Role and identity come by its own
 * methods, which tell everything in it that keeps people in memory; the identity last, because it is what a login looks for.
 */
async function welcome(
  context: StepContext,
  people: readonly WantedPerson[],
): Promise<{ readonly admitted: readonly WantedPerson[]; readonly warnings: readonly Warning[] }> {
  const withRole = people.filter(({ role }) => typeof role === 'string');
  const ahead = people.length > mostAhead ? withRole : people;
  if (ahead.length === 0 || !canCreateProfiles(context.spec.openclaw.version)) {
    return { admitted: [], warnings: [] };
  }
  try {
    await createProfiles(
      context,
      ahead.map(({ identity, name }) => profileFor(identity, name)),
    );
    for (const { identity, role } of ahead) {
      const { id } = profileFor(identity);
      if (typeof role === 'string') await gatewayCall(context, 'users.setRole', { profileId: id, role });
      await gatewayCall(context, 'users.linkEmail', { email: identity, targetProfileId: id });
    }
    return { admitted: ahead, warnings: [] };
  } catch (error) {
    const { code, message } = warningOf(error);
    const who = withRole.map(({ identity, role }) => `${identity}: the role ${role}`).join(', ');
    const late =
      who === ''
        ? 'Names come soon after the first login, and until then others see an identity'
        : `${who} comes soon after the first login, and cuts off what was sent before it`;
    return { admitted: [], warnings: [{ code, message: `${late}. ${message}` }] };
  }
}

function describe({ identity, role }: RoleChange): string {
  const change = role === null ? `take their role from ${identity}` : `give ${identity} the role ${role}`;
  return `${change}: what they have open reconnects, and an answer that was under way has ended`;
}

function warningOf(error: unknown): Warning {
  if (!(error instanceof BootstrapError)) throw error;
  return { code: error.code, message: error.message };
}

const recordName = 'people.json';

const fileOf = ({ layout }: Host): string => join(layout.records, recordName);

/** The mark of each identity. */
async function readAdmitted(host: Host): Promise<ReadonlyMap<string, string>> {
  const text = await readIfPresent(fileOf(host));
  const record = z.record(z.string(), z.string()).catch({});
  return new Map(Object.entries(text === undefined ? {} : record.parse(parseOrNothing(text))));
}

async function writeAdmitted(host: Host, people: readonly WantedPerson[]): Promise<void> {
  const marks = Object.fromEntries(people.map((person) => [person.identity, markOf(person)]));
  await mkdir(host.layout.records, { recursive: true });
  await writeRecord(host.layout, recordName, `${JSON.stringify(marks)}\n`);
}
