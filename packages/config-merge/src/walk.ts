import { decide, type Verdict } from './decide.ts';
import { Draft } from './draft.ts';
import { identityOf, readKeyedArray } from './identity.ts';
import {
  equal,
  isArray,
  isObject,
  isScalar,
  own,
  type JsonArray,
  type JsonObject,
  type JsonValue,
} from './json.ts';
import { agree, holdsUserKeys, isEmpty, isLeaf, kind, sameKind, wasDeleted, type Place } from './place.ts';
import type { Reporter } from './report.ts';
import { enter, type Scope } from './scope.ts';

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

  /**
   * What becomes of a key.
   *
   * @param around The scope of the object that has the key.
   * @param deleted Whether the user deleted the array element around it after it was applied.
   */
  member(key: string, place: Place, around: Scope, deleted: boolean): JsonValue | undefined {
    if (place.live === place.desired && isScalar(place.live)) return place.live;
    const scope = enter(around, key);
    if (place.desired === undefined && place.last === undefined && !scope.touchesUnnamed) return place.live;
    // Asked only where rules end, so that nothing is compared again on the way down.
    if (scope !== around && agree(place, scope)) return place.live;
    this.#report.enter(key);
    const value = this.#place(place, scope, deleted);
    this.#report.leave();
    return value;
  }

  #place(place: Place, scope: Scope, deleted: boolean): JsonValue | undefined {
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

  #leaf(place: Place, scope: Scope, deleted: boolean): JsonValue | undefined {
    const { last } = place;
    const leaf = last === undefined || isLeaf(last, scope) ? place : { ...place, last: undefined };
    return this.#settle(decide(scope.owner, leaf, deleted), leaf, scope);
  }

  /** Reports a verdict and takes the value it names. */
  #settle({ take, op, why, released }: Verdict, place: Place, scope: Scope): JsonValue | undefined {
    const value = take === 'none' ? undefined : place[take];
    if (op !== undefined) this.#report.change(op, place.live, value, scope, why);
    if (released) this.#report.warn('RELEASED', why);
    return value;
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
      const draft = this.#object(place, scope, deleted);
      merged = draft.value;
      size = draft.size;
    }
    if (size === 0) return this.#empty(place, scope, deleted, merged);
    if (desired === undefined && isLeaf(last, scope) && !sameKind(last, live, scope)) {
      const why = 'was a value when it was applied, is no longer desired, and has keys now';
      this.#report.change('keep', live, merged, scope, why);
      this.#report.warn('RELEASED', why);
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

  /** Merges what of the three is an object, key by key. */
  #object(place: Place, scope: Scope, deleted: boolean, identity?: string): Draft {
    const live = objectOf(place.live);
    const desired = objectOf(place.desired);
    const last = objectOf(place.last);
    const draft = new Draft(live ?? {});
    for (const key of keysOf(live, desired)) {
      const mine = own(live, key);
      const wanted = own(desired, key);
      const value =
        key === identity
          ? (mine ?? wanted)
          : mine === wanted && isScalar(mine)
            ? mine
            : this.member(key, { live: mine, desired: wanted, last: own(last, key) }, scope, deleted);
      draft.put(key, value, mine);
    }
    return draft;
  }

  #list({ live, desired, last }: Place, scope: Scope, arrayKey: string, deleted: boolean): JsonArray {
    const current = readKeyedArray(isArray(live) ? live : undefined, arrayKey);
    const wanted = readKeyedArray(isArray(desired) ? desired : undefined, arrayKey).byId;
    const applied = readKeyedArray(isArray(last) ? last : undefined, arrayKey).byId;
    const merged: JsonValue[] = [];
    const visit = (id: string): void => {
      const place = { live: current.byId.get(id), desired: wanted.get(id), last: applied.get(id) };
      const inner = enter(scope, id);
      if (place.live !== undefined && agree(place, inner)) {
        merged.push(place.live);
        return;
      }
      this.#report.enter(id);
      const element = this.#element(place, inner, {
        arrayKey,
        deleted,
        shared: current.shared.has(id),
      });
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
    return isArray(live) && sameElements(merged, live) ? live : merged;
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
    place: Place,
    scope: Scope,
    { arrayKey, deleted: around, shared }: ElementOptions,
  ): JsonObject | undefined {
    const { live, desired, last } = place;
    const deleted = around || (live === undefined && last !== undefined);
    const { changes } = this.#report;
    const mark = changes.length;
    const merged = this.#object(place, scope, deleted, arrayKey);
    const identity = {
      live: own(objectOf(live), arrayKey),
      desired: own(objectOf(desired), arrayKey),
      last: own(objectOf(last), arrayKey),
    };
    const idScope = enter(scope, arrayKey);
    let verdict = decide(idScope.owner, identity, deleted);
    // Without its identity the rest could not be addressed, and a second element with the same would take its place.
    // A size of one is the identity alone.
    if (verdict.take === 'none' && (merged.size > 1 || (shared && live !== undefined))) {
      verdict = decide('managed', { ...identity, last: undefined }, false);
    }
    this.#report.enter(arrayKey);
    const id = this.#settle(verdict, identity, idScope);
    this.#report.leave();
    // Who replays the changes needs the identity before the rest of a new element.
    if (verdict.op === 'add') changes.splice(mark, 0, ...changes.splice(-1));
    return id === undefined ? undefined : merged.value;
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
      changes.splice(mark);
    }
    // What was applied here in another form says nothing of the form desired has now.
    const past = kind(last, scope) === kind(desired, scope) ? last : undefined;
    const written = this.#merge({ live: undefined, desired, last: past }, scope, deleted);
    if (written === undefined) {
      // Everything desired here was applied once and deleted since: there is no conflict left. The changes may say so
      // of places that a value of live cannot have.
      if (kind(live, scope) !== 'leaf' || isLeaf(desired, scope)) changes.splice(mark);
      return this.#merge({ live, desired: undefined, last }, scope, deleted);
    }
    changes.splice(mark);
    this.#report.change('replace', live, written, scope, 'desired has a value of another type');
    // Nobody loses anything where live only has what was applied.
    if (!equal(live, last)) {
      this.#report.warn('TYPE_CONFLICT', 'has another type in live than in desired: desired wins');
    }
    return written;
  }

  /** What stays of live where desired does not win: what was applied makes way, as far as its owner lets it. */
  #withdraw({ live, last }: Place, scope: Scope, deleted: boolean): JsonValue | undefined {
    const { owner } = scope;
    // A first value goes whole or not at all: what people made of an object need not mean anything without the rest.
    const stays = owner === 'seeded' || (owner === 'followed' && !equal(live, last));
    if (kind(live, scope) === 'leaf') return stays || owner === 'user' ? live : undefined;
    const applied = !stays && sameKind(last, live, scope) ? last : undefined;
    return this.#container({ live, desired: undefined, last: applied }, scope, deleted);
  }
}

/** The keys of live in its order, then those that only desired has. */
function keysOf(live: JsonObject | undefined, desired: JsonObject | undefined): readonly string[] {
  if (live === undefined) return desired === undefined ? [] : Object.keys(desired);
  const keys = Object.keys(live);
  if (desired === undefined) return keys;
  for (const key of Object.keys(desired)) if (!Object.hasOwn(live, key)) keys.push(key);
  return keys;
}

function objectOf(value: JsonValue | undefined): JsonObject | undefined {
  return isObject(value) ? value : undefined;
}

function sameElements(a: JsonArray, b: JsonArray): boolean {
  return a.length === b.length && a.every((element, at) => element === b[at]);
}
