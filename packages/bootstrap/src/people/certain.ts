import type { Person } from '@clawharbor/openclaw-plugin/people';

/**
 * What a list says of people, where it can be trusted. Cognito's lists are read page by page while others change them, so who
 * is missing in one, or from a group, may have been between two pages: that counts when the next list says it too. That
 * somebody is disabled is said of that person, and counts at once.
 */
export class CertainPeople {
  /** Of each, how they were last known to be in. */
  #known = new Map<string, Person>();
  #doubted = new Set<string>();

  /** @param first what was known before, as by an earlier process */
  constructor(first: readonly Person[] = []) {
    this.#known = new Map(first.map((person) => [person.sub, person]));
  }

  next(listed: readonly Person[]): readonly Person[] {
    const people = new Map(listed.map((person) => [person.sub, person]));
    const doubted = new Set<string>();
    for (const [sub, before] of this.#known) {
      const now = people.get(sub);
      if (!hasLost(before, now) || this.#doubted.has(sub)) continue;
      doubted.add(sub);
      people.set(sub, now === undefined ? before : withGroups(now, before));
    }
    this.#known = people;
    this.#doubted = doubted;
    return [...people.values()];
  }
}

function hasLost(before: Person, now: Person | undefined): boolean {
  if (before.out !== undefined || now?.out === 'disabled') return false;
  return (
    now === undefined || now.out !== undefined || before.groups.some((group) => !now.groups.includes(group))
  );
}

/** Still in what they were in before, and in what they are in now. */
function withGroups({ out, ...now }: Person, before: Person): Person {
  const groups = [...new Set([...now.groups, ...before.groups])];
  return out === undefined || out === 'not-in-group' ? { ...now, groups } : { ...now, groups, out };
}
