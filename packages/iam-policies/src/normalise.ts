import { groupBy } from './group.ts';
import type { StatementContent } from './statement.ts';
import { sorted } from './statement.ts';
import { compare } from './token.ts';

/**
 * The same decisions, in a form and an order that do not depend on the order given. Statements of the same Sid are
 * merged when they differ in nothing but their actions, or in nothing but their resources; of what remains, equal
 * Sids are numbered. Statements of different Sids stay apart: a Sid says why a permission is there.
 */
export function normalise(statements: readonly StatementContent[]): StatementContent[] {
  let current: StatementContent[] = [...statements];
  for (;;) {
    const merged = mergeBy(mergeBy(current, 'resources', 'actions'), 'actions', 'resources');
    if (merged.length === current.length) return numbered(merged);
    current = merged;
  }
}

/** Gives each statement a Sid of its own: of equal ones the first keeps it, the others are numbered from 2. */
export function numbered(statements: readonly StatementContent[]): StatementContent[] {
  const taken = new Set(statements.map((statement) => statement.sid));
  const seen = new Set<string>();
  const unique = statements.toSorted(bySidThenContent).map((statement) => {
    let sid = statement.sid;
    for (let number = 2; seen.has(sid); number++) {
      const candidate = `${statement.sid}${number}`;
      if (!taken.has(candidate) && !seen.has(candidate)) sid = candidate;
    }
    seen.add(sid);
    return { ...statement, sid };
  });
  return unique.toSorted(bySidThenContent);
}

/** Merges statements that agree in everything but `differs`. */
function mergeBy(
  statements: readonly StatementContent[],
  agrees: 'actions' | 'resources',
  differs: 'actions' | 'resources',
): StatementContent[] {
  const groups = groupBy(statements, (statement) =>
    canonical([
      statement.sid,
      statement.effect,
      statement.principals,
      statement.conditions,
      statement[agrees],
      attached(statement),
    ]),
  );
  return [...groups.values()].map((group) => ({
    ...group[0]!,
    [differs]: sorted(group.flatMap((statement) => statement[differs])),
    unscoped: sorted(group.flatMap((statement) => statement.unscoped)),
  }));
}

/** Without `Resource` a statement speaks of the resource its policy is attached to: that is no list to add to. */
function attached(statement: StatementContent): boolean {
  return statement.resources.length === 0;
}

function bySidThenContent(a: StatementContent, b: StatementContent): number {
  return compare(canonical([a.sid, a]), canonical([b.sid, b]));
}

/** JSON with sorted keys: equal values give equal texts. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
