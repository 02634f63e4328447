import type { Op } from './decide.ts';
import { identityOf } from './identity.ts';
import { isArray, isObject, setOwn, type JsonValue } from './json.ts';
import { joinPath } from './path.ts';
import type { Owner } from './policy.ts';
import { enter, type Scope } from './scope.ts';

/**
 * One difference between live and the result, or (`keep`) one place where live stayed although desired or
 * the last applied config said otherwise. Replayed over live in order, the changes give the result: `add` and
 * `replace` set a key and make the objects on the way to it, `remove` deletes a key and the objects it
 * leaves empty.
 */
export interface Change {
  readonly path: string;
  readonly op: Op;
  /** The value in live; undefined if it has none. {@link redacted} if the policy says sensitive. */
  readonly before: JsonValue | undefined;
  /** The value in the result; undefined if it has none. {@link redacted} if the policy says sensitive. */
  readonly after: JsonValue | undefined;
  readonly owner: Owner;
  readonly reason: string;
}

export type WarningCode =
  /** One side has an object or keyed array where another has a value. */
  | 'TYPE_CONFLICT'
  /** No longer desired but changed since it was applied: the user's from now on. */
  | 'RELEASED'
  /** An element of a keyed array in live has no identity: it was left alone. */
  | 'IDENTITY_MISSING'
  /** An element of a keyed array in live repeats an identity: it was left alone. */
  | 'IDENTITY_DUPLICATE'
  /** A model of OpenClaw is no longer desired, but the config names it: it was kept. */
  | 'MODEL_IN_USE'
  /** Rules lie below an array without `arrayKey`: no path leads to its elements, so they decide nothing. */
  | 'RULE_UNREACHABLE';

export interface Warning {
  readonly code: WarningCode;
  readonly path: string;
  readonly message: string;
}

/** Stands in reports for a value that the policy calls sensitive. */
export const redacted = '(sensitive)';

/** The value as a report may show it. */
export function redact(value: JsonValue | undefined, scope: Scope): JsonValue | undefined {
  return value === undefined ? undefined : shown(value, scope);
}

function shown(value: JsonValue, scope: Scope): JsonValue {
  const { arrayKey, sensitive } = scope;
  if (!scope.hidesPart) return sensitive ? redacted : value;
  if (isObject(value)) {
    const members: Record<string, JsonValue> = {};
    for (const [key, member] of Object.entries(value)) setOwn(members, key, shown(member, enter(scope, key)));
    return members;
  }
  if (isArray(value) && arrayKey !== undefined) {
    return value.map((element) => {
      return shown(element, enter(scope, identityOf(element, arrayKey) ?? ''));
    });
  }
  // No path leads to an element of any other array, so a rule below it hides the whole.
  return sensitive || isArray(value) ? redacted : value;
}

/** Collects what happened, in order, at the place where the walk is. */
export class Reporter {
  readonly changes: Change[] = [];
  readonly warnings: Warning[] = [];
  readonly #keys: string[] = [];
  /** The paths of the first keys, as far as a report needed them: what lies side by side begins alike. */
  readonly #paths: string[] = [];

  get path(): string {
    for (const key of this.#keys.slice(this.#paths.length)) this.#paths.push(joinPath(this.#around, key));
    return this.#around;
  }

  get #around(): string {
    return this.#paths.at(-1) ?? '';
  }

  /** The walk goes one key deeper. */
  enter(key: string): void {
    this.#keys.push(key);
  }

  /** The walk comes back. */
  leave(): void {
    this.#keys.pop();
    if (this.#paths.length > this.#keys.length) this.#paths.pop();
  }

  change(
    op: Op,
    before: JsonValue | undefined,
    after: JsonValue | undefined,
    scope: Scope,
    why: string,
  ): void {
    this.changes.push({
      path: this.path,
      op,
      before: redact(before, scope),
      after: redact(after, scope),
      owner: scope.owner,
      reason: why + scope.because,
    });
  }

  warn(code: WarningCode, message: string): void {
    const { path } = this;
    this.warnings.push({ code, path, message: `${path} ${message}` });
  }
}
