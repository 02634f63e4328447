import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe } from 'vitest';
import type { JsonValue } from '../src/index.ts';
import {
  edit,
  events,
  leaf,
  leaves,
  peoplesValue,
  whole,
  type Event,
  type Leaf,
} from './arbitraries/history.ts';
import { law } from './arbitraries/law.ts';
import { happen, untouched, valuesOf, type Pod } from './history.ts';

const after = (pod: Pod, ...what: readonly Event[]): Pod => what.reduce(happen, pod);

const deploy = (desired: ReadonlyMap<Leaf, JsonValue>): Event => ({ kind: 'deploy', desired });

/** Any pod, as it is some time after a first deployment. */
const pods = fc.tuple(whole, events).map(([first, then]) => after(untouched, deploy(first), ...then));

/** A pod whose every leaf was applied by the last run. */
const settled = fc.tuple(pods, whole).map(([pod, desired]) => after(pod, deploy(desired)));

const is = (pod: Pod, name: Leaf): JsonValue | undefined => valuesOf(pod.live).get(name);
const sameLive = (a: Pod, b: Pod): void => assert.deepEqual(valuesOf(a.live), valuesOf(b.live));

describe('followed', () => {
  law('followed follows while untouched', fc.tuple(fc.array(whole, { minLength: 1 })), ([runs]) => {
    const last = runs.at(-1);
    assert.deepEqual(valuesOf(after(untouched, ...runs.map(deploy)).live), last);
  });

  law(
    'followed stays once touched, whatever is deployed',
    fc.tuple(settled, edit, fc.array(whole)),
    ([pod, touch, runs]) => {
      const touched = after(pod, touch);
      const name = 'leaf' in touch ? touch.leaf : leaves[0];
      assert.deepEqual(is(after(touched, ...runs.map(deploy)), name), is(touched, name));
    },
  );

  law(
    'touching back to the applied value follows again',
    fc.tuple(settled, leaf, peoplesValue, whole, whole),
    ([pod, name, value, second, third]) => {
      const touched = after(pod, { kind: 'edit', leaf: name, value }, deploy(second));
      assert.deepEqual(is(touched, name), value);
      const back = after(touched, { kind: 'restore', leaf: name }, deploy(third));
      assert.deepEqual(is(back, name), third.get(name));
    },
  );

  law(
    'the order of an edit and a run does not matter',
    fc.tuple(settled, edit, whole),
    ([pod, touch, desired]) => {
      sameLive(after(pod, touch, deploy(desired)), after(pod, deploy(desired), touch));
    },
  );

  law(
    'the order of runs does not matter: what was desired in between leaves no trace',
    fc.tuple(settled, fc.array(edit, { maxLength: 3 }), fc.array(whole), whole),
    ([pod, edits, between, desired]) => {
      const edited = after(pod, ...edits);
      sameLive(after(edited, ...between.map(deploy), deploy(desired)), after(edited, deploy(desired)));
    },
  );

  law('a run that nothing comes between changes nothing', fc.tuple(pods, whole), ([pod, desired]) => {
    const once = after(pod, deploy(desired));
    assert.deepEqual(after(once, deploy(desired)), once);
  });

  law('a whole history ends as the story of each leaf says', fc.tuple(whole, events), ([first, then]) => {
    const all = [deploy(first), ...then];
    const told = leaves.flatMap((name) => {
      const value = story(name, all);
      return value === undefined ? [] : [[name, value] as const];
    });
    assert.deepEqual(valuesOf(after(untouched, ...all).live), new Map(told));
  });
});

/** What becomes of one leaf, told without looking at any other; elements may be gone as a whole. */
function story(name: Leaf, all: readonly Event[]): JsonValue | undefined {
  let value: JsonValue | undefined;
  let applied: JsonValue | undefined;
  let dismissed = false;
  const id = name.split('.').at(-2);
  for (const event of all) {
    // Whoever writes into an element that is gone brings it back.
    const inElement = 'leaf' in event && event.leaf.split('.').at(-2) === id;
    if (event.kind === 'dismiss' && event.id === id) [value, dismissed] = [undefined, true];
    if (event.kind === 'edit' && inElement) dismissed = false;
    if (event.kind === 'edit' && event.leaf === name) value = event.value;
    if (event.kind === 'delete' && event.leaf === name) value = undefined;
    if (event.kind === 'restore' && inElement && wanted(event.leaf, all, event)) dismissed = false;
    if (event.kind === 'restore' && event.leaf === name) value = applied ?? value;
    if (event.kind !== 'deploy') continue;
    const next = event.desired.get(name);
    if (value === undefined) value = applied === undefined && !dismissed ? next : undefined;
    else if (JSON.stringify(value) === JSON.stringify(applied)) value = next;
    applied = next;
  }
  return value;
}

/** Whether the last run before an event wanted a leaf. */
function wanted(name: Leaf, all: readonly Event[], before: Event): boolean {
  const runs = all.slice(0, all.indexOf(before)).filter((event) => event.kind === 'deploy');
  return runs.at(-1)?.desired.has(name) ?? false;
}
