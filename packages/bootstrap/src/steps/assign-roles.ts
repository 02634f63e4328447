import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../config/atomic-file.ts';
import { readIfPresent } from '../config/files.ts';
import { BootstrapError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import {
  adminRole,
  administratorsOf,
  connected,
  roleChanges,
  userList,
  type RoleChange,
} from '../openclaw/administrators.ts';
import { gatewayCall } from '../openclaw/gateway-call.ts';
import { gatewayUnitName } from '../openclaw/gateway-unit.ts';
import type { PodSpec } from '../spec/pod-spec.ts';
import type { Step, StepContext } from './step.ts';

const logLines = 500;

/**
 * Gives the administrators of the config their role. OpenClaw caps what `identityScopes` grants by the role of the person,
 * roles are no part of its config, and a person exists from the first login on: so this looks again after each one.
 */
export const assignRoles: Step = {
  name: 'assign-roles',
  phase: 'activate',
  async plan({ host, spec }) {
    const waiting = await administratorsToAdmit(host, spec);
    return waiting.map((identity) => `give ${identity} the role ${adminRole}`);
  },
  async apply(context) {
    if (!(await mayDiffer(context))) return { changes: [] };
    try {
      return { changes: (await admit(context)).map(describe) };
    } catch (error) {
      // People can work without; nobody has more than they should.
      if (!(error instanceof BootstrapError)) throw error;
      return { changes: [], warnings: [{ code: error.code, message: error.message }] };
    }
  },
};

/** Administrators who have connected and do not have their role yet. Asks the log, not the gateway: it is cheap. */
export async function administratorsToAdmit(host: Host, spec: PodSpec): Promise<string[]> {
  const admitted = await readAdmitted(host);
  const missing = administratorsOf(spec.openclaw.config).filter((identity) => !admitted.includes(identity));
  return missing.length === 0 ? [] : connected(await host.units.tail(gatewayUnitName, logLines), missing);
}

/** Asking the gateway takes seconds of a new instance's start, so it is asked only where the answer may matter. */
async function mayDiffer({ host, spec, done }: StepContext): Promise<boolean> {
  const administrators = administratorsOf(spec.openclaw.config);
  const admitted = await readAdmitted(host);
  if (admitted.some((identity) => !administrators.includes(identity))) return true;
  if (administrators.length > 0 && (done.get('merge-config')?.changes.length ?? 0) > 0) return true;
  if (administrators.every((identity) => admitted.includes(identity))) return false;
  // A new process has an empty log, and somebody may have connected to the one before.
  const isFresh = (done.get('start-gateway')?.changes.length ?? 0) > 0;
  return isFresh || (await administratorsToAdmit(host, spec)).length > 0;
}

async function admit(context: StepContext): Promise<RoleChange[]> {
  const { host, spec } = context;
  const administrators = administratorsOf(spec.openclaw.config);
  const { profiles } = userList.parse(await gatewayCall(context, 'users.list', {}));
  const changes = roleChanges(profiles, administrators);
  for (const { profileId, role } of changes) await gatewayCall(context, 'users.setRole', { profileId, role });
  const known = new Set(profiles.flatMap(({ emails }) => emails));
  await writeAdmitted(
    host,
    administrators.filter((identity) => known.has(identity)),
  );
  return changes;
}

function describe({ identity, role }: RoleChange): string {
  return role === null ? `take the role ${adminRole} from ${identity}` : `give ${identity} the role ${role}`;
}

const fileOf = ({ layout }: Host): string => join(layout.records, 'administrators.json');

async function readAdmitted(host: Host): Promise<string[]> {
  const text = await readIfPresent(fileOf(host));
  return text === undefined ? [] : z.array(z.string()).catch([]).parse(parseOrNothing(text));
}

function parseOrNothing(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

async function writeAdmitted(host: Host, identities: readonly string[]): Promise<void> {
  await mkdir(host.layout.records, { recursive: true });
  await writeAtomically(fileOf(host), `${JSON.stringify(identities)}\n`, { mode: 0o600 });
}
