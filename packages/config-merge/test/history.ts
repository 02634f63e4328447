import { definePolicy, mergeConfig, type JsonObject, type JsonValue } from '../src/index.ts';
import { configOf, leaves, type Event, type Leaf, type Values } from './arbitraries/history.ts';
import { asObject, get, isArray, isObject, type Model } from './model.ts';

export const model: Model = {
  rules: [{ path: '["team"]', owner: 'followed', arrayKey: 'id' }],
  default: 'followed',
};
const policy = definePolicy(model);

/** A pod's config after some runs: what is in use, and what the last run wanted. */
export interface Pod {
  readonly live: JsonObject;
  readonly last: Values;
}

export const untouched: Pod = { live: {}, last: new Map() };

/** What happens, done to the configs with the library. */
export function happen(pod: Pod, event: Event): Pod {
  const { live, last } = pod;
  switch (event.kind) {
    case 'deploy': {
      const lastApplied = last.size === 0 && Object.keys(live).length === 0 ? undefined : configOf(last);
      const { config } = mergeConfig({ live, desired: configOf(event.desired), lastApplied, policy });
      return { live: config, last: event.desired };
    }
    case 'edit':
      return { live: write(live, event.leaf, event.value), last };
    case 'restore': {
      const value = last.get(event.leaf);
      return value === undefined ? pod : { live: write(live, event.leaf, value), last };
    }
    case 'delete':
      return { live: write(live, event.leaf, undefined), last };
    default: {
      const team = live['team'];
      const rest = isArray(team) ? team.filter((one) => asObject(one)['id'] !== event.id) : [];
      return { live: { ...live, team: rest }, last };
    }
  }
}

/** As people edit: an element that is gone comes back with what is written into it. */
function write(live: JsonObject, leaf: Leaf, value: JsonValue | undefined): JsonObject {
  const keys = leaf.split('.');
  const [first = '', second = '', third = ''] = keys;
  if (keys.length === 1) return put(live, first, value);
  if (keys.length === 2) return { ...live, [first]: put(asObject(live[first]), second, value) };
  const team = isArray(live[first]) ? live[first] : [];
  const there = team.some((one) => isObject(one) && one['id'] === second);
  const all = there || value === undefined ? team : [...team, { id: second }];
  return {
    ...live,
    [first]: all.map((one) => (asObject(one)['id'] === second ? put(asObject(one), third, value) : one)),
  };
}

function put(object: JsonObject, key: string, value: JsonValue | undefined): JsonObject {
  if (value !== undefined) return { ...object, [key]: value };
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
}

/** What each leaf of a config has. */
export function valuesOf(live: JsonObject): Values {
  return new Map(
    leaves.flatMap((leaf) => {
      const value = get(model, live, leaf.split('.'));
      return value === undefined ? [] : [[leaf, value] as const];
    }),
  );
}
