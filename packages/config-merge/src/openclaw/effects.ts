import { equal, isArray, isObject, own, type JsonValue } from '../json.ts';
import { parsePath } from '../path.ts';
import { redacted, type Change } from '../report.ts';
import { effects as tables } from './by-release/effects.ts';
import { madeOnce, newestOpenClaw, type OpenClawVersion } from './release.ts';

/**
 * What a change of the config does to a gateway that runs.
 *
 * - `live`: in effect within about a second; nobody notices.
 * - `reconnect`: in effect within about a second; OpenClaw closes open connections, and browsers come back by
 *   themselves.
 * - `restart`: the gateway restarts once no chat is in flight; for 10 to 25 seconds nobody reaches it.
 */
export type Effect = 'live' | 'reconnect' | 'restart';

/** From the least to the most that people notice. */
const order: readonly Effect[] = ['live', 'reconnect', 'restart'];

/**
 * What a change at a path does, as OpenClaw decides it: by the longest rule for a key on the way to it. A key that no
 * rule covers takes a restart.
 *
 * @param path as in the changes of a plan
 * @param release of the gateway that runs. Default: the newest that is known
 * @throws ConfigMergeError `PATH_INVALID`
 */
export function effectAt(path: string, release: OpenClawVersion = newestOpenClaw): Effect {
  return effectAtKeys(rulesOf(release), parsePath(path));
}

type Rules = ReadonlyMap<string, Effect>;

function effectAtKeys(rules: Rules, keys: readonly string[]): Effect {
  for (let length = keys.length; length > 0; length--) {
    const found = rules.get(keys.slice(0, length).join('.'));
    if (found !== undefined) return found;
  }
  return 'restart';
}

const rulesOf = madeOnce(tables, (table: Readonly<Record<string, Effect>>) => new Map(Object.entries(table)));

/**
 * The same for a change of a plan, whose value may be an object with keys of different effects: the one that people
 * notice most counts.
 *
 * @returns undefined for a change that leaves live as it is
 */
export function effectOf(
  { path, op, before, after }: Pick<Change, 'path' | 'op' | 'before' | 'after'>,
  release: OpenClawVersion = newestOpenClaw,
): Effect | undefined {
  if (op === 'keep') return undefined;
  return strongest([...effectsOf(rulesOf(release), parsePath(path), before, after)]);
}

/** What the changes of a plan do together; undefined if nothing changes. */
export function effectOfAll(
  changes: readonly Change[],
  release: OpenClawVersion = newestOpenClaw,
): Effect | undefined {
  return strongest(changes.flatMap((change) => effectOf(change, release) ?? []));
}

function* effectsOf(
  rules: Rules,
  keys: readonly string[],
  before: JsonValue | undefined,
  after: JsonValue | undefined,
): Generator<Effect> {
  if (isObject(before) || isObject(after)) {
    const [old, now] = [isObject(before) ? before : {}, isObject(after) ? after : {}];
    const changed = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter((key) => {
      return !equal(own(old, key) ?? null, own(now, key) ?? null);
    });
    for (const key of changed) yield* effectsOf(rules, [...keys, key], own(old, key), own(now, key));
    if (changed.length > 0) return;
  }
  yield onlyAdds(keys, before, after) ? 'live' : effectAtKeys(rules, keys);
  // Nobody sees which keys below changed.
  if (before === redacted || after === redacted) {
    const around = `${keys.join('.')}.`;
    for (const [rule, effect] of rules) if (rule.startsWith(around)) yield effect;
  }
}

/** Only who came from an origin that is taken away is closed. */
function onlyAdds(
  keys: readonly string[],
  before: JsonValue | undefined,
  after: JsonValue | undefined,
): boolean {
  if (keys.join('.') !== 'gateway.controlUi.allowedOrigins' || !isArray(after)) return false;
  return before === undefined || (isArray(before) && before.every((origin) => after.includes(origin)));
}

function strongest(effects: readonly Effect[]): Effect | undefined {
  return order[Math.max(...effects.map((effect) => order.indexOf(effect)))];
}
