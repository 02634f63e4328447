import {
  ConfigMergeError,
  editDocument,
  formatDocument,
  fixedBy,
  formatSource,
  joinIncludes,
  mergeConfig,
  mergeOpenClaw,
  openclawPolicy,
  parsePath,
  sourcesOf,
  spreadOverFiles,
  withoutUserOwned,
  withOwners,
  type Change,
  type ChosenOwners,
  type JsonObject,
  type Owner,
  type Policy,
} from '@clawharbor/config-merge';
import { effectOf, effectOfAll, type Effect } from '@clawharbor/config-merge/openclaw';
import { BootstrapError } from '../errors.ts';
import type { OpenClawVersion } from '../openclaw-release.ts';
import { mainFile, type ConfigSet, type LiveConfig } from './config-set.ts';

export type Config = Readonly<Record<string, unknown>>;

/** What infrastructure wants, and what it wanted before. */
export interface Wanted {
  readonly desired: Config;
  readonly lastApplied: Config | undefined;
  /** Who decides a path, where it is not whom the policy names. */
  readonly owners: ChosenOwners;
  /** The release of OpenClaw that is to read it. */
  readonly release: OpenClawVersion;
}

export interface MergedConfig {
  /** What to write. Texts that did not change are those of live, so that comments stay. */
  readonly set: ConfigSet;
  /** The config over all files. */
  readonly config: JsonObject;
  /** What is to be recorded as last applied once this config is in use. */
  readonly applied: Config;
  readonly differs: boolean;
  /** One line each, without values: a config may hold a secret. */
  readonly changes: readonly string[];
  /** What people decided otherwise and keeps its value, one line each. */
  readonly kept: readonly string[];
  /** Places where an included file says otherwise than infrastructure, with the file: it does not take effect there. */
  readonly overruled: readonly string[];
  readonly notes: readonly string[];
  /** What the changes do together to a gateway that runs. Absent: nothing changes, or there was no config. */
  readonly effect?: Effect;
  /**
   * Whether what closes connections only makes administrators of people, and no way in changes besides: to take something
   * away from somebody is not put off, and a key that is added may do that, too, as a role's ceiling.
   */
  readonly onlyGives: boolean;
}

/**
 * Merges what infrastructure wants into a config of one or many files. What it decides for a key that belongs to people
 * is left out, and noted: synth refuses it, and a pod does better without it than not at all.
 *
 * @throws BootstrapError `SPEC_INVALID` when infrastructure asks for what cannot be merged
 */
export function merge(live: LiveConfig | undefined, wanted: Wanted): MergedConfig {
  const { lastApplied } = wanted;
  const policy = policyOf(wanted);
  const { desired, leftOut } = claimed(wanted, policy);
  const result = checked(() => mergeOpenClaw({ live: live?.joined.value, desired, lastApplied, policy }));
  const { config, changes, warnings, applied } = result;
  const written = live === undefined ? newSet(config) : writtenInto(live, config, policy);
  const { release } = wanted;
  const effect = live === undefined ? undefined : effectOfAll(changes, release);
  const reconnects = (change: Change): boolean => effectOf(change, release) === 'reconnect';
  const isWayIn = stands(wanted);
  const onlyGives = changes.every(
    (change) =>
      change.op === 'keep' || gives(change) || !(reconnects(change) || isWayIn(parsePath(change.path))),
  );
  const isPutOff = (change: Change): boolean => effect === 'reconnect' && onlyGives && reconnects(change);
  return {
    ...(effect === undefined ? {} : { effect }),
    onlyGives,
    ...written,
    config,
    applied,
    changes: changes
      .filter(({ op }) => op !== 'keep')
      .map((change) => describe(change, live && release) + (isPutOff(change) ? atQuiet : '')),
    kept: changes.filter(({ op }) => op === 'keep').map(({ path, reason }) => `${path}: ${reason}`),
    overruled: live === undefined ? [] : changes.flatMap((change) => overruled(change, live)),
    notes: [
      ...(namesFiles(wanted.desired) ? [includeNote] : []),
      ...leftOut.map((path) => `${path} belongs to people: what the spec says of it is left out`),
      ...warnings.map(({ message }) => message),
    ],
  };
}

const scopesOfPeople = ['gateway', 'auth', 'identityScopes'];

/** Somebody gets scopes who had none. */
function gives({ op, path }: Change): boolean {
  const keys = parsePath(path);
  return op === 'add' && scopesOfPeople.every((key, at) => keys[at] === key);
}

const includeNote =
  'an $include of the spec is left out: files beside the config are for people, the spec says itself what it wants';

/** What infrastructure may decide, of what it wants. */
function claimed({ desired }: Pick<Wanted, 'desired'>, policy: Policy): ReturnType<typeof withoutUserOwned> {
  return checked(() => withoutUserOwned(withoutIncludes(desired), policy));
}

/** Infrastructure decides by itself, and not by files that people and their agent may write. */
function withoutIncludes(desired: Config): Config {
  return namesFiles(desired) ? (without(desired) as Config) : desired;
}

function without(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(without);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== '$include')
      .map(([key, member]) => [key, without(member)]),
  );
}

function namesFiles(desired: Config): boolean {
  return JSON.stringify(desired).includes('"$include":');
}

function policyOf({ owners }: Pick<Wanted, 'owners'>): Policy {
  return checked(() => withOwners(openclawPolicy, owners));
}

/**
 * The places where a config that is in effect is not what infrastructure decided, one line each: nothing else may be at
 * an exclusive path, and what is desired is at a managed one.
 *
 * @param counted which owners count, or only what {@link stands}
 */
export function contradictions(
  effective: Config,
  { desired, owners }: Pick<Wanted, 'desired' | 'owners'>,
  counted: readonly Owner[] | 'ways in' = ['exclusive', 'managed'],
): readonly string[] {
  const policy = policyOf({ owners });
  const wanted = claimed({ desired }, policy).desired;
  const { changes } = checked(() =>
    mergeConfig({ live: effective, desired: wanted, lastApplied: wanted, policy }),
  );
  const isWayIn = stands({ owners });
  const counts = ({ path, owner }: Change): boolean =>
    counted === 'ways in' ? isWayIn(parsePath(path)) : counted.includes(owner);
  return changes
    .filter((change) => change.op !== 'keep' && counts(change))
    .map(({ path, op, owner }) => `${op} ${path} (${owner})`);
}

/** How the gateway is reached. What else the owner of a pod sets below `gateway` is a wish as any other. */
const reach: readonly (string | undefined)[] = ['mode', 'port', 'bind', 'publicOrigin', 'reload', undefined];

/**
 * Whether a path belongs to what stands whatever is asked for: the ways in, and other keys that no owner of a pod may
 * give away.
 */
export function stands({ owners }: Pick<Wanted, 'owners'>): (path: readonly string[]) => boolean {
  const policy = policyOf({ owners });
  const isFixed = fixedBy({ ...policy, rules: policy.rules.filter(({ path }) => path !== 'gateway') });
  return (path) => isFixed(path) || (path[0] === 'gateway' && reach.includes(path[1]));
}

function checked<T>(merging: () => T): T {
  try {
    return merging();
  } catch (error) {
    if (!(error instanceof ConfigMergeError)) throw error;
    throw new BootstrapError('SPEC_INVALID', `openclaw.config: ${error.message}`, { cause: error });
  }
}

function newSet(config: JsonObject): { readonly set: ConfigSet; readonly differs: boolean } {
  return { set: { text: formatDocument(config), includes: new Map() }, differs: true };
}

/** The files with a new config in them. A file that is no longer included is not one of them. */
export function writtenInto(
  live: LiveConfig,
  config: JsonObject,
  policy: Policy = openclawPolicy,
): { readonly set: ConfigSet; readonly differs: boolean } {
  const { root } = live;
  const { files: changed } = spreadOverFiles({ ...live, main: mainFile }, config);
  const files = new Map([...live.files, ...changed]);
  const included = joinIncludes(files, mainFile, { root }).mounts.map(({ file }) => file);
  const textOf = (name: string, before: string): string => {
    const value = changed.get(name);
    if (value === undefined) return before;
    // Which arrays have elements with an identity is known for the config as a whole.
    return editDocument(before, value as JsonObject, name === mainFile ? { policy } : {});
  };
  const includes = [...live.includes].filter(([name]) => included.includes(name));
  return {
    set: {
      text: textOf(mainFile, live.text),
      includes: new Map(includes.map(([name, text]) => [name, textOf(name, text)])),
    },
    differs: changed.size > 0,
  };
}

/**
 * How long what closes everybody's connection waits for a moment when nobody is in a turn: as long as OpenClaw itself puts a
 * restart off (`docs/gateway/restart-recovery.md`: "5 minutes by default").
 */
export const quietSeconds = 300;

/** What a change does to a gateway that runs; what goes live without a word needs none. */
const effects = { live: '', reconnect: ': everybody reconnects', restart: ': restarts the gateway' };
const atQuiet = `, once nobody is in a turn or after ${quietSeconds} s`;

/** @param gateway the release of the gateway that is told; undefined if there is none yet */
function describe(change: Change, gateway: OpenClawVersion | undefined): string {
  const { op, path, owner, before } = change;
  const drift = op === 'replace' && before !== undefined ? ', was changed or had another value' : '';
  const effect = gateway ? effects[effectOf(change, gateway) ?? 'live'] : '';
  return `${op} ${path === '' ? '(all)' : path} (${owner}${drift})${effect}`;
}

function overruled({ op, path, owner }: Change, { joined, files }: LiveConfig): string[] {
  // Where nothing was, no file said anything.
  if (op === 'keep' || op === 'add' || (owner !== 'exclusive' && owner !== 'managed')) return [];
  return sourcesOf(joined, files, path)
    .filter(({ file }) => file !== mainFile)
    .map((source) => `${formatSource(source)} (${owner})`);
}
