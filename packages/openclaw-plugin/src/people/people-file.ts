import * as z from 'zod';

export { standingOf, type RolePlan, type Standing } from './role-plan.ts';

/**
 * Who may be in a pod, as one file that the bootstrap keeps and the gateway reads: `people.json`. Beside it, one empty file
 * for each person who was put out by hand, `kicked/<sub>`: one writer each, so that none undoes what the other says.
 */
export const peopleFile = 'people.json';
/** Another file whenever the list says something else than before, its time aside. */
export const changedFile = 'changed';
export const kickedDirectory = 'kicked';

/** Names the folder of both, in the environment of the gateway. */
export const peopleVariable = 'CLAWHARBOR_PEOPLE';

/** What Cognito calls a person, for ever: a UUID. Files are named after it. */
export const subPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const personSchema = z.object({
  sub: z.string().regex(subPattern),
  /** What others call them. */
  name: z.string().min(1),
  email: z.string().optional(),
  /** Groups of the user pool. */
  groups: z.array(z.string()).default([]),
  /** Why they are out; absent for who is in. */
  out: z.enum(['disabled', 'not-in-group']).optional(),
});

export const peopleSchema = z.object({
  version: z.literal(1),
  /** When the user pool last said so, in milliseconds of the epoch. */
  checkedAt: z.number(),
  people: z.array(personSchema),
});

export type Person = z.output<typeof personSchema>;
export type People = z.output<typeof peopleSchema>;
