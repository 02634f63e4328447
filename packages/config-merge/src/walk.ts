import { decide } from './decide.ts';
import { identityOf, readKeyedArray } from './identity.ts';
import {
  equal,
  isArray,
  isObject,
  own,
  setOwn,
  type JsonArray,
  type JsonObject,
  type JsonValue,
} from './json.ts';
import type { Reporter } from './report.ts';
import { enter, type Scope } from './scope.ts';

/** The three values of one place; undefined where an input has none. */
interface Place {
  readonly live: JsonValue | undefined;
  readonly desired: JsonValue | undefined;
  readonly last: JsonValue | undefined;
}

interface Objects {
  readonly live: JsonObject | undefined;
  readonly desired: JsonObject | undefined;
  readonly last: JsonObject | undefined;
}

type Container = JsonObject | JsonArray;

interface ElementOptions {
  readonly arrayKey: string;
  readonly deleted: boolean;
  /** Whether another element of live has the same identity. */
  readonly shared: boolean;
}

/** Walks the three inputs side by side down to the leaves. */
export class Walk {
  readonly #report: Reporter;

  constructor(report: Reporter) {
    this.#report = report;
  }

  root(place: Objects, scope: Scope): JsonObject {
    return this.#object(place, scope, false).merged;
  }

  /** `deleted`: the user deleted the array element around this place after it was applied. */
  #place(place: Place, scope: Scope, deleted: boolean): JsonValue | undefined {
    const { live, desired, last } = place;
    if (desired === undefined && last === undefined && !scope.touchesUnnamed) return live;
    if (scope.below.length > 0) this.#warnOfUnreachable(place, scope);
    return this.#merge(place, scope, deleted || wasDeleted(place, scope));
  }

  #warnOfUnreachable({ live, desired }: Place, scope: Scope): void {
    if (scope.arrayKey !== undefined || !(isArray(live) || isArray(desired))) return;
    if (scope.below.every(({ rule }) => rule.owner === scope.owner)) return;
    this.#report.warn('RULE_UNREACHABLE', 'is an array without arrayKey: rules below it decide nothing');
  }

  #merge(place: Place, scope: Scope, deleted: boolean): JsonValue | undefined {
    const { live, desired } = place;
    const liveKind = kind(live, scope);
    const desiredKind = kind(desired, scope);
    if (liveKind !== undefined && desiredKind !== undefined && liveKind !== desiredKind) {
      return this.#conflict(place, scope, deleted);
    }
    const both = liveKind ?? desiredKind;
    if (both === 'object' || both === 'list') return this.#container(place, scope, deleted);
    return this.#leaf(place, scope, deleted);
  }

  #leaf({ live, desired, last }: Place, scope: Scope, deleted: boolean): JsonValue | undefined {
    const leaf = { live, desired, last: isLeaf(last, scope) ? last : undefined };
    const verdict = decide(scope.owner, leaf, deleted);
    this.#report.verdict(verdict, live, scope);
    return verdict.value;
  }

  /** Live and desired have an object here, or both a keyed array, or one has it and the other nothing. */
  #container(place: Place, scope: Scope, deleted: boolean): Container | undefined {
    const { live, desired, last } = place;
    const { arrayKey } = scope;
    let merged: Container;
    let size: number;
    if (arrayKey !== undefined && (isArray(live) || isArray(desired))) {
      merged = this.#list(place, scope, arrayKey, deleted);
      size = merged.length;
    } else {
      ({ merged, size } = this.#object(
        {
          live: isObject(live) ? live : undefined,
          desired: isObject(desired) ? desired : undefined,
          last: isObject(last) ? last : undefined,
        },
        scope,
        deleted,
      ));
    }
    if (size === 0) return this.#empty(place, scope, deleted, merged);
    if (desired === undefined && isLeaf(place.last, scope) && !sameKind(place.last, live, scope)) {
      const why = 'was a value when it was applied, is no longer desired, and has keys now';
      this.#report.verdict({ value: merged, op: 'keep', why, released: true }, live, scope);
    }
    return merged;
  }

  /** Nothing is left in a container: an empty one is a value of its own, one that was emptied goes. */
  #empty(
    { live, desired, last }: Place,
    scope: Scope,
    deleted: boolean,
    empty: Container,
  ): Container | undefined {
    const liveEmpty = isEmpty(live);
    const desiredEmpty = isEmpty(desired);
    if (live !== undefined && !liveEmpty) {
      if (!desiredEmpty) return undefined;
      this.#report.change('add', undefined, empty, scope, 'desired has it empty');
      return empty;
    }
    if (liveEmpty && desired !== undefined) return empty;
    if (!liveEmpty && !desiredEmpty) return undefined;
    const kept = this.#leaf({ live, desired, last }, scope, deleted);
    return kept === undefined ? undefined : empty;
  }

  /** `size` leaves the identity out: it alone keeps no element. */
  #object(
    { live, desired, last }: Objects,
    scope: Scope,
    deleted: boolean,
    identity?: string,
  ): { merged: JsonObject; size: number } {
    const merged: Record<string, JsonValue> = {};
    let size = 0;
    for (const key of keysOf(live, desired)) {
      const place = { live: own(live, key), desired: own(desired, key), last: own(last, key) };
      if (key === identity) {
        setOwn(merged, key, place.live ?? place.desired ?? null);
        continue;
      }
      this.#report.enter(key);
      const value = this.#place(place, enter(scope, key), deleted);
      this.#report.leave();
      if (value === undefined) continue;
      setOwn(merged, key, value);
      size++;
    }
    return { merged, size };
  }

  #list({ live, desired, last }: Place, scope: Scope, arrayKey: string, deleted: boolean): JsonArray {
    const current = readKeyedArray(isArray(live) ? live : undefined, arrayKey);
    const wanted = readKeyedArray(isArray(desired) ? desired : undefined, arrayKey).byId;
    const applied = readKeyedArray(isArray(last) ? last : undefined, arrayKey).byId;
    const merged: JsonValue[] = [];
    const visit = (id: string): void => {
      const place = { live: current.byId.get(id), desired: wanted.get(id), last: applied.get(id) };
      const options = { arrayKey, deleted, shared: current.shared.has(id) };
      this.#report.enter(id);
      const element = this.#element(place, enter(scope, id), options);
      this.#report.leave();
      if (element !== undefined) merged.push(element);
    };
    for (const [at, id] of current.ids.entries()) {
      const element = isArray(live) ? live[at] : undefined;
      if (id !== undefined) visit(id);
      else if (element !== undefined) {
        merged.push(element);
        this.#reportFault(identityOf(element, arrayKey) === undefined, arrayKey);
      }
    }
    for (const id of wanted.keys()) if (!current.byId.has(id)) visit(id);
    return merged;
  }

  #reportFault(missing: boolean, arrayKey: string): void {
    if (missing) {
      this.#report.warn(
        'IDENTITY_MISSING',
        `has an element without a string under ${arrayKey}: left as it is`,
      );
    } else {
      this.#report.warn(
        'IDENTITY_DUPLICATE',
        `has two elements with the same ${arrayKey}: the later is left as it is`,
      );
    }
  }

  /** An element lives as long as anything in it does; its identity alone follows the rules of a leaf. */
  #element(
    place: Objects,
    scope: Scope,
    { arrayKey, deleted: around, shared }: ElementOptions,
  ): JsonObject | undefined {
    const { live, desired, last } = place;
    const deleted = around || (live === undefined && last !== undefined);
    const { changes } = this.#report;
    const mark = changes.length;
    const { merged, size } = this.#object(place, scope, deleted, arrayKey);
    const identity = {
      live: own(live, arrayKey),
      desired: own(desired, arrayKey),
      last: own(last, arrayKey),
    };
    const idScope = enter(scope, arrayKey);
    let verdict = decide(idScope.owner, identity, deleted);
    // Without its identity the rest could not be addressed, and a second element with the same would take its place.
    if (verdict.value === undefined && (size > 0 || (shared && live !== undefined))) {
      verdict = decide('managed', { ...identity, last: undefined }, false);
    }
    this.#report.enter(arrayKey);
    this.#report.verdict(verdict, identity.live, idScope);
    this.#report.leave();
    // Who replays the changes needs the identity before the rest of a new element.
    if (verdict.op === 'add') changes.splice(mark, 0, ...changes.splice(-1));
    return verdict.value === undefined ? undefined : merged;
  }

  /** One side has a container where the other has a leaf, or a container of another kind. */
  #conflict(place: Place, scope: Scope, deleted: boolean): JsonValue | undefined {
    const { live, desired, last } = place;
    const { changes } = this.#report;
    const mark = changes.length;
    const wins = (scope.owner === 'managed' || scope.owner === 'exclusive') && !holdsUserKeys(live, scope);
    if (!wins) {
      const rest = this.#withdraw(place, scope, deleted);
      if (rest !== undefined) {
        this.#report.change('keep', live, rest, scope, 'live has a value of another type');
        this.#report.warn('TYPE_CONFLICT', 'has another type in live than in desired: live stays');
        return rest;
      }
    }
    // What was applied here in another form says nothing of the form desired has now.
    const past = kind(last, scope) === kind(desired, scope) ? last : undefined;
    const written = this.#merge({ live: undefined, desired, last: past }, scope, deleted);
    changes.splice(mark);
    if (written !== undefined) {
      this.#report.change('replace', live, written, scope, 'desired has a value of another type');
      // Nobody loses anything where live only has what was applied.
      if (!equal(live, last)) {
        this.#report.warn('TYPE_CONFLICT', 'has another type in live than in desired: desired wins');
      }
      return written;
    }
    // Everything desired here was applied once and deleted since, so there is no conflict left.
    return this.#merge({ live, desired: undefined, last }, scope, deleted);
  }

  /** What stays of live where desired does not win: what was applied makes way, unless it was a first value. */
  #withdraw({ live, last }: Place, scope: Scope, deleted: boolean): JsonValue | undefined {
    if (kind(live, scope) === 'leaf') return live;
    const applied = scope.owner !== 'seeded' && sameKind(last, live, scope) ? last : undefined;
    return this.#container({ live, desired: undefined, last: applied }, scope, deleted);
  }
}

/** The keys of live in its order, then those that only desired has. */
function keysOf(live: JsonObject | undefined, desired: JsonObject | undefined): readonly string[] {
  if (live === undefined) return desired === undefined ? [] : Object.keys(desired);
  const keys = Object.keys(live);
  for (const key of Object.keys(desired ?? {})) if (!Object.hasOwn(live, key)) keys.push(key);
  return keys;
}

type Kind = 'leaf' | 'object' | 'list';

function kind(value: JsonValue | undefined, scope: Scope): Kind | undefined {
  if (value === undefined) return undefined;
  if (isObject(value)) return 'object';
  return isArray(value) && scope.arrayKey !== undefined ? 'list' : 'leaf';
}

function sameKind(a: JsonValue | undefined, b: JsonValue | undefined, scope: Scope): boolean {
  return kind(a, scope) === kind(b, scope);
}

function isEmpty(value: JsonValue | undefined): boolean {
  return isObject(value) ? Object.keys(value).length === 0 : isArray(value) && value.length === 0;
}

function isLeaf(value: JsonValue | undefined, scope: Scope): boolean {
  return value !== undefined && (kind(value, scope) === 'leaf' || isEmpty(value));
}

/** Whether what was applied here once, in another form, was deleted since: then a first value is not due again. */
function wasDeleted({ live, desired, last }: Place, scope: Scope): boolean {
  if (scope.owner !== 'seeded' || live !== undefined) return false;
  return last !== undefined && desired !== undefined && !sameKind(last, desired, scope);
}

/** A user's key below a managed one survives even where desired has no room for it. */
function holdsUserKeys(live: JsonValue | undefined, scope: Scope): boolean {
  if (scope.owner === 'user') return live !== undefined;
  if (!scope.below.some(({ rule }) => rule.owner === 'user')) return false;
  const { arrayKey } = scope;
  if (isObject(live))
    return Object.entries(live).some(([key, value]) => holdsUserKeys(value, enter(scope, key)));
  if (!isArray(live) || arrayKey === undefined) return false;
  return [...readKeyedArray(live, arrayKey).byId].some(([id, element]) =>
    holdsUserKeys(element, enter(scope, id)),
  );
}
