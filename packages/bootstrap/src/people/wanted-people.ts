import { standingOf, type People, type RolePlan } from '@clawharbor/openclaw-plugin/people';
import * as z from 'zod';
import { administratorsOf, adminRole, asKept } from '../openclaw/administrators.ts';
import type { PodSpec } from '../spec/pod-spec.ts';

/** Somebody who is to be known to the gateway. */
export interface WantedPerson {
  readonly identity: string;
  /** null: the one of everybody who has none; undefined: whichever they have, but not the administrators'. */
  readonly role?: string | null;
  /** What others are to call them. Default: what OpenClaw makes of the identity. */
  readonly name?: string;
}

const rolesConfig = z.object({ gateway: z.object({ roles: z.object({ default: z.string() }) }) });

/** Which roles the groups of the user pool give. @returns undefined where they give none */
export function rolePlan({ login, openclaw: { config } }: PodSpec): RolePlan | undefined {
  const roles = rolesConfig.safeParse(config).data?.gateway.roles;
  if (login?.groups === undefined || roles === undefined) return undefined;
  const people = administratorsOf(config).map((sub) => [asKept(sub), adminRole] as const);
  return { default: roles.default, groups: [...login.groups], people: Object.fromEntries(people) };
}

/**
 * The people of a pod with their names and roles: the administrators of its spec, and whoever the user pool says is in. Pure.
 * @param list absent: the user pool was not heard of yet
 */
export function wantedPeople(spec: PodSpec, list: People | undefined): readonly WantedPerson[] {
  const plan = rolePlan(spec);
  const administrators = new Map(
    administratorsOf(spec.openclaw.config).map((identity) => [asKept(identity), identity]),
  );
  const listed = (list?.people ?? []).flatMap((person): WantedPerson[] => {
    const { sub, name, out } = person;
    const named = name === sub ? {} : { name };
    const identity = administrators.get(sub);
    if (identity !== undefined) {
      administrators.delete(sub);
      return [{ identity, role: adminRole, ...named }];
    }
    if (out !== undefined) return [];
    const role = plan && standingOf(person, plan)?.role;
    return [
      {
        identity: sub,
        ...named,
        ...(role === undefined ? {} : { role: role === plan?.default ? null : role }),
      },
    ];
  });
  return [...[...administrators.values()].map((identity) => ({ identity, role: adminRole })), ...listed];
}

/** Who is an administrator by a group: the config of the gateway must name them as it does those of the spec. */
export function groupAdministrators(spec: PodSpec, list: People | undefined): readonly string[] {
  if (rolePlan(spec) === undefined) return [];
  const named = new Set(administratorsOf(spec.openclaw.config));
  return wantedPeople(spec, list).flatMap(({ identity, role }) =>
    role === adminRole && !named.has(identity) ? [identity] : [],
  );
}
