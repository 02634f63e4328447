import { readKeyedArray } from './identity.ts';
import { isArray, isObject, own, setOwn, type JsonObject, type JsonValue } from './json.ts';
import { mergeConfig, type MergeInput, type MergeResult } from './merge.ts';
import { formatPath } from './path.ts';
import { remember } from './provenance.ts';
import { redact, type Change, type Warning } from './report.ts';
import { enter, rootScope } from './scope.ts';

export interface OpenClawMerge extends MergeResult {
  /**
   * What to keep as last applied, instead of desired: desired, and the models that stay although it no longer names
   * them. With it the next merge takes them back once nothing needs them.
   */
  readonly applied: JsonObject;
  /** The models that stay, by path, and the first place that names each. */
  readonly inUse: readonly { readonly path: string; readonly by: string }[];
}

/**
 * Merges OpenClaw's config as {@link mergeConfig} does, and parts no model that is in use from its provider: what
 * infrastructure put under `models.providers` and no longer wants stays as long as the merged config names it, as the
 * default of an agent for example. Else OpenClaw would answer with another model without a word: it "falls back to the
 * first configured provider/model" (https://docs.openclaw.ai/gateway/config-agents/models). Each that stays is a change
 * with the op `keep` and a warning `MODEL_IN_USE`.
 *
 * @throws ConfigMergeError as {@link mergeConfig} does
 */
export function mergeOpenClaw(input: MergeInput): OpenClawMerge {
  const first = mergeConfig(input);
  const { live, desired, lastApplied } = asJson(input);
  const parting = withdrawn(lastApplied, desired, live).flatMap((model) => {
    const user = userOf(model, first.config);
    return user === undefined ? [] : [{ ...model, user }];
  });
  if (parting.length === 0) return { ...first, applied: desired, inUse: [] };

  const applied = parting.reduce(withModel, desired);
  const { config, changes, warnings } = mergeConfig({ ...input, desired: applied });
  const root = rootScope(input.policy);
  const kept = parting.map(({ keys, user }): readonly [Change, Warning] => {
    const scope = keys.reduce(enter, root);
    const path = formatPath(keys);
    const why = `is no longer desired, but ${user} names it`;
    const [before, after] = [live, config].map((one) => redact(at(one, keys), scope));
    return [
      { path, op: 'keep', before, after, owner: scope.owner, reason: why + scope.because },
      { code: 'MODEL_IN_USE', path, message: `${path} ${why}: it stays` },
    ];
  });
  const inUse = parting.map(({ keys, user }) => ({ path: formatPath(keys), by: user }));
  const all = {
    changes: [...changes, ...kept.map(([change]) => change)],
    warnings: [...warnings, ...kept.map(([, warning]) => warning)],
  };
  remember(config, { live, desired: applied, root, changes: all.changes });
  return { config, ...all, applied, inUse };
}

/**
 * The models that a config names although the provider that it defines itself has no such model and looks for no others,
 * as paths with the name of the model.
 */
export function unknownModels(config: object): readonly { readonly path: string; readonly model: string }[] {
  const root = asObject(config as JsonValue);
  const providers = providersOf(root);
  return [...slots(root, [])].flatMap(({ keys, value }) => {
    const [provider, id] = nameOf(value);
    const models = asArray(own(asObject(own(providers, provider)), 'models'));
    if (id === undefined || models.length === 0 || discovers(root, provider)) return [];
    return readKeyedArray(models, 'id').byId.has(id) ? [] : [{ path: formatPath(keys), model: value }];
  });
}

/** A model of a provider, or (without `id`) a provider with all it has. */
interface Model {
  readonly provider: string;
  readonly id: string | undefined;
  /** Where it stands; elements of `models` are addressed by their id. */
  readonly keys: readonly string[];
  readonly value: JsonObject;
}

/** What was applied, is no longer desired, and is still in live. */
function withdrawn(last: JsonObject, desired: JsonObject, live: JsonObject): Model[] {
  return Object.entries(providersOf(last)).flatMap(([provider, value]): Model[] => {
    const keys = ['models', 'providers', provider];
    const now = own(providersOf(live), provider);
    if (!isObject(value) || !isObject(now)) return [];
    const wanted = own(providersOf(desired), provider);
    if (wanted === undefined) return [{ provider, id: undefined, keys, value }];
    const [mine, still] = [modelsOf(wanted), modelsOf(now)];
    return [...modelsOf(value)].flatMap(([id, model]): Model[] =>
      mine.has(id) || !still.has(id) ? [] : [{ provider, id, keys: [...keys, 'models', id], value: model }],
    );
  });
}

/** The first place of a config that names a model. */
function userOf({ provider, id, value }: Model, config: JsonObject): string | undefined {
  const ids = id === undefined ? [...modelsOf(value).keys()] : [id];
  const names = new Set(ids.flatMap((one) => [one, ...aliases(config, `${provider}/${one}`)]));
  for (const slot of slots(config, [])) {
    const [of, model] = nameOf(slot.value);
    const named = of === provider && (id === undefined || model === id);
    if (named || names.has(slot.value)) return formatPath(slot.keys);
  }
  return undefined;
}

/** What a config calls a model besides its name. */
function* aliases(config: JsonObject, name: string): Generator<string> {
  const agents = asObject(own(config, 'agents'));
  for (const agent of [own(agents, 'defaults'), ...Object.values(asObject(own(agents, 'entries')))]) {
    const alias = own(asObject(own(asObject(own(asObject(agent), 'models')), name)), 'alias');
    if (typeof alias === 'string') yield alias;
  }
}

/**
 * Every place that says which model to use: `model`, `imageModel`, `summaryModel` …, whether a text or
 * `{ primary, fallbacks }`; and what lies in `mediaModels` and `modelByChannel`, whose keys are names.
 */
function* slots(
  value: JsonValue,
  keys: readonly string[],
): Generator<{ keys: readonly string[]; value: string }> {
  if (!isObject(value)) return;
  for (const [key, member] of Object.entries(value)) {
    const here = [...keys, key];
    // Where the models themselves are described.
    if (keys.length === 0 && key === 'models') continue;
    if (typeof member === 'string' && isSlot(here)) yield { keys: here, value: member };
    else if (isArray(member)) yield* inArray(member, here);
    else yield* slots(member, here);
  }
}

function* inArray(array: readonly JsonValue[], keys: readonly string[]): ReturnType<typeof slots> {
  for (const element of array) {
    if (isObject(element)) yield* slots(element, keys);
    else if (typeof element === 'string' && keys.at(-1) === 'fallbacks') yield { keys, value: element };
  }
}

function isSlot(keys: readonly string[]): boolean {
  const key = keys.at(-1) ?? '';
  if (key === 'primary' || key === 'model' || key.endsWith('Model')) return true;
  return keys.slice(0, -1).some((around) => around === 'mediaModels' || around === 'modelByChannel');
}

/** `provider/model`, `provider/owner/model`, `provider/model@profile`; the provider is '' where none is named. */
function nameOf(slot: string): readonly [provider: string, id: string | undefined] {
  const cut = slot.indexOf('/');
  return cut < 0 ? ['', undefined] : [slot.slice(0, cut), slot.slice(cut + 1).replace(/@[^/@]*$/u, '')];
}

/** Whether a provider has more models than its config lists. */
function discovers(config: JsonObject, provider: string): boolean {
  const keys = ['plugins', 'entries', provider, 'config', 'discovery', 'enabled'];
  return keys.reduce<JsonValue | undefined>((value, key) => own(asObject(value), key), config) === true;
}

function withModel(desired: JsonObject, { provider, id, value }: Model): JsonObject {
  const models = asObject(own(desired, 'models'));
  const providers = providersOf(desired);
  const there = asObject(own(providers, provider));
  const list = asArray(own(there, 'models'));
  const next = id === undefined ? value : set(there, 'models', [...list, value]);
  return set(desired, 'models', set(models, 'providers', set(providers, provider, next)));
}

function set(object: JsonObject, key: string, value: JsonValue): JsonObject {
  const copy = { ...object };
  setOwn(copy, key, value);
  return copy;
}

function at(root: JsonObject, keys: readonly string[]): JsonValue | undefined {
  return keys.reduce<JsonValue | undefined>(
    (value, key) => (isArray(value) ? readKeyedArray(value, 'id').byId.get(key) : own(asObject(value), key)),
    root,
  );
}

function providersOf(config: JsonObject): JsonObject {
  return asObject(own(asObject(own(config, 'models')), 'providers'));
}

function modelsOf(provider: JsonValue): ReadonlyMap<string, JsonObject> {
  return readKeyedArray(asArray(own(asObject(provider), 'models')), 'id').byId;
}

function asObject(value: JsonValue | undefined): JsonObject {
  return isObject(value) ? value : {};
}

function asArray(value: JsonValue | undefined): readonly JsonValue[] {
  return isArray(value) ? value : [];
}

/** After a merge: it has checked all three. */
function asJson({ live = {}, desired, lastApplied = {} }: MergeInput) {
  return { live: live as JsonObject, desired: desired as JsonObject, lastApplied: lastApplied as JsonObject };
}
