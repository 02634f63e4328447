import * as z from 'zod';

/** Which role of the gateway a person is to have. Absent in a pod that knows no groups. */
export const rolePlanSchema = z.strictObject({
  /** Role of the gateway of whoever has none of their own: `gateway.roles.default`. */
  default: z.string().min(1),
  /** Groups of the user pool with their roles. Of those that a person is in, the first counts. */
  groups: z.array(z.strictObject({ name: z.string().min(1), role: z.string().min(1) })).min(1),
  /** Roles of single people by their sub, whatever their groups. */
  people: z.record(z.string(), z.string()).default({}),
});

export type RolePlan = z.output<typeof rolePlanSchema>;

export interface Standing {
  readonly role: string;
  /** The smaller it is, the more it counts. */
  readonly rank: number;
}

/** @returns undefined for who is in none of the groups: they are out */
export function standingOf(
  { sub, groups }: { readonly sub: string; readonly groups: readonly string[] },
  plan: RolePlan,
): Standing | undefined {
  const own = Object.hasOwn(plan.people, sub) ? plan.people[sub] : undefined;
  if (own !== undefined) return { role: own, rank: -1 };
  const rank = plan.groups.findIndex(({ name }) => groups.includes(name));
  const group = plan.groups[rank];
  return group === undefined ? undefined : { role: group.role, rank };
}
