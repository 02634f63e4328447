import { formatDocument } from '@clawharbor/config-merge';
import { BootstrapError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import {
  describeIssues,
  inspectConfigs,
  type ConfigIssue,
  type InspectOptions,
  type Inspection,
} from '../openclaw/inspect-config.ts';
import { migrateConfig } from '../openclaw/migrate-config.ts';
import type { PodSpec } from '../spec/pod-spec.ts';
import type { Warning } from '../steps/step.ts';
import { ConfigRecords } from './config-records.ts';
import { mainFile, parseSet, type ConfigSet, type LiveConfig } from './config-set.ts';
import { contradictions, merge, writtenInto, type Config, type MergedConfig, type Wanted } from './merge.ts';
import {
  blamed,
  nameOf,
  valueOf,
  wishesOf,
  withoutWishes,
  type Given,
  type LeftOut,
  type LeftOutWarning,
  type Wish,
} from './wishes.ts';

/** A config that OpenClaw takes, in which every way in is as infrastructure decided. */
export interface AcceptedConfig {
  readonly merged: MergedConfig;
  readonly set: ConfigSet;
  /** What infrastructure applied: all it wants, but for what had to be left out. */
  readonly applied: Config;
  /** What was done to the config before it was merged. */
  readonly migrated: readonly Warning[];
  readonly leftOut: readonly LeftOutWarning[];
}

/** Why there is none: OpenClaw rejects what people wrote. */
export interface RejectedConfig {
  readonly rejected: string;
}

/**
 * Finds the config that the gateway gets: live with all that infrastructure wants, or with as much of it as OpenClaw
 * takes. A wish that it rejects is left out alone; the ways in are never left out.
 *
 * @throws BootstrapError `CONFIG_NOT_IN_EFFECT` if OpenClaw makes something else of a config than what infrastructure decided
 */
export async function acceptConfig(
  host: Host,
  spec: PodSpec,
  live: LiveConfig | undefined,
  wanted: Wanted,
): Promise<AcceptedConfig | RejectedConfig> {
  return new Search(host, spec, wanted).from(live);
}

interface Attempt {
  readonly merged: MergedConfig;
  readonly desired: Config;
  readonly inspection: Inspection;
}

class Search {
  readonly #host: Host;
  readonly #spec: PodSpec;
  readonly #wanted: Wanted;
  readonly #wishes: readonly Wish[];

  constructor(host: Host, spec: PodSpec, wanted: Wanted) {
    this.#host = host;
    this.#spec = spec;
    this.#wanted = wanted;
    this.#wishes = wishesOf(wanted);
  }

  async from(live: LiveConfig | undefined): Promise<AcceptedConfig | RejectedConfig> {
    let base = live;
    let migrated: Warning[] = [];
    const none: LeftOut = new Map();
    const [first] = await this.#tryAll(base, [none]);
    let attempt = first;
    if (base && !attempt.inspection.valid && (await this.#isOld(base, attempt))) {
      // A gateway does not migrate what it may not start with: it gets the ways in, too.
      const { gateway = {} } = attempt.merged.config;
      const modern = await migrateConfig(this.#host, this.#spec, { ...base.joined.value, gateway });
      if (modern) {
        base = parseSet(this.#host, writtenInto(base, modern).set);
        migrated = [migration(attempt.inspection.legacyIssues)];
        [attempt] = await this.#tryAll(base, [none]);
      }
    }
    const why = describeIssues(attempt.inspection.issues);
    const found = attempt.inspection.valid
      ? { attempt, left: none, why: new Map<string, string>() }
      : ((await this.#byIssues(base, attempt)) ?? (await this.#byTrial(base, attempt)));
    if (!found) return { rejected: `OpenClaw ${this.#spec.openclaw.version} rejects it: ${why}` };
    return {
      merged: found.attempt.merged,
      set: await this.#inEffect(found.attempt),
      applied: found.attempt.merged.applied,
      migrated,
      leftOut: this.#wishes.flatMap((wish) => this.#leftOut(wish, found.left, found.why)),
    };
  }

  /** A wish in an old form is no reason to start a gateway: it has nothing to migrate, and would go on running. */
  async #isOld(live: LiveConfig, { inspection }: Attempt): Promise<boolean> {
    if (inspection.legacyIssues.length === 0) return false;
    const [asItIs] = await inspectConfigs(this.#host, this.#spec, [live], { withContent: false });
    return (asItIs?.legacyIssues.length ?? 0) > 0;
  }

  /** Leaves out what OpenClaw names, until it is content. */
  async #byIssues(base: LiveConfig | undefined, first: Attempt) {
    const left = new Map<string, Given>();
    const why = new Map<string, string>();
    for (let attempt = first; ;) {
      const { issues, valid } = attempt.inspection;
      if (valid) return { attempt, left, why };
      const guilty = blamed(
        issues,
        this.#wishes.filter(({ path }) => left.get(nameOf(path)) !== 'nothing'),
      );
      if (guilty.length === 0) return undefined;
      for (const { path, isNew } of guilty) {
        left.set(nameOf(path), isNew && !left.has(nameOf(path)) ? 'previous' : 'nothing');
        why.set(nameOf(path), why.get(nameOf(path)) ?? describeIssues(issues));
      }
      [attempt] = await this.#tryAll(base, [left]);
    }
  }

  /** OpenClaw names no wish: leaves out all that is new, or all, and takes in again what it takes alone. */
  async #byTrial(base: LiveConfig | undefined, { inspection: { issues } }: Attempt) {
    const isRefused = issues.includes(refusedBefore);
    const reason = describeIssues(issues);
    const fresh = this.#wishes.filter(({ isNew }) => isNew);
    const nothingNew = leaving(fresh, 'previous');
    const nothing = leaving(this.#wishes, 'nothing');
    const [old, bare] = await this.#tryAll(base, [nothingNew, nothing]);
    const isOld = old.inspection.valid;
    // A gateway that refused to start said nothing of keys: to take all of them away from it would be a guess.
    if (!isOld && (!bare.inspection.valid || isRefused)) return undefined;
    const [floor, left, out] = isOld ? [old, nothingNew, fresh] : ([bare, nothing, this.#wishes] as const);
    const without = (wishes: readonly Wish[]): LeftOut =>
      new Map([...left].filter(([name]) => !wishes.some(({ path }) => nameOf(path) === name)));
    const alone = await this.#tryAll(
      base,
      out.map((wish) => without([wish])),
      { withContent: false },
    );
    const fine = out.filter((_, index) => alone[index]?.inspection.valid === true);
    const rest = without(fine);
    const [together] = await this.#tryAll(base, [rest]);
    const found = together.inspection.valid ? { attempt: together, left: rest } : { attempt: floor, left };
    return { ...found, why: new Map([...found.left.keys()].map((name) => [name, reason])) };
  }

  /** One start of OpenClaw for all of them. */
  async #tryAll<const T extends readonly LeftOut[]>(
    base: LiveConfig | undefined,
    choices: T,
    options: InspectOptions = {},
  ): Promise<{ [K in keyof T]: Attempt }> {
    const tried = choices.map((left) => {
      const desired = withoutWishes(this.#wanted, left);
      return { desired, merged: merge(base, { ...this.#wanted, desired }) };
    });
    const inspections = await inspectConfigs(
      this.#host,
      this.#spec,
      tried.map(({ merged }) => merged.set),
      options,
    );
    const records = new ConfigRecords(this.#host);
    const { version } = this.#spec.openclaw;
    const attempts = await Promise.all(
      tried.map(async ({ desired, merged }, index): Promise<Attempt> => {
        const inspection = inspections[index] ?? unanswered;
        return (await records.wasRefused(merged.set, version))
          ? { desired, merged, inspection: { ...inspection, valid: false, issues: [refusedBefore] } }
          : { desired, merged, inspection };
      }),
    );
    return attempts as { [K in keyof T]: Attempt };
  }

  #leftOut({ path, isNew }: Wish, left: LeftOut, why: ReadonlyMap<string, string>): LeftOutWarning[] {
    const given = left.get(nameOf(path));
    if (given === undefined) return [];
    const stays = given === 'previous' && isNew && valueOf(this.#wanted.lastApplied, path) !== undefined;
    const instead = stays ? 'What was applied before stays' : 'The key is not set';
    const reason = why.get(nameOf(path)) ?? '';
    const message = `openclaw.config.${path.join('.')} is left out (${reason}). ${instead}; mend it in the spec.`;
    return [{ code: 'CONFIG_WISH_LEFT_OUT', message }];
  }

  /** What is in effect is OpenClaw's to say: where it does not join the files as we do, there are no other files. */
  async #inEffect({ merged, inspection }: Attempt): Promise<ConfigSet> {
    const wanted = { ...this.#wanted, desired: merged.applied };
    if (against(inspection, wanted).length === 0) return merged.set;
    const whole: ConfigSet = { text: formatDocument(merged.config), includes: new Map() };
    const [again = unanswered] = await inspectConfigs(this.#host, this.#spec, [whole]);
    const wrong = again.valid ? against(again, wanted) : [describeIssues(again.issues)];
    if (wrong.length === 0) return whole;
    throw new BootstrapError(
      'CONFIG_NOT_IN_EFFECT',
      `OpenClaw ${this.#spec.openclaw.version} makes something else of ${mainFile} than what the spec decides: ` +
        `${wrong.join('; ')}. The config was left as it is; take these keys out of it.`,
    );
  }
}

const unanswered: Inspection = {
  valid: false,
  issues: [{ path: '', message: 'OpenClaw gave no answer' }],
  legacyIssues: [],
};

const refusedBefore: ConfigIssue = { path: '', message: 'the gateway refused to run with it before' };

/** Variables are filled in and old forms moved in what is resolved; of the ways in, none has an old form. */
function against({ authored, resolved }: Inspection, wanted: Wanted): readonly string[] {
  return [
    ...contradictions(authored ?? {}, wanted),
    ...(resolved === undefined || JSON.stringify(wanted.desired).includes('${')
      ? []
      : contradictions(resolved, wanted, ['exclusive'])),
  ];
}

function leaving(wishes: readonly Wish[], given: Given): LeftOut {
  return new Map(wishes.map(({ path }) => [nameOf(path), given]));
}

function migration(issues: readonly ConfigIssue[]): Warning {
  return {
    code: 'CONFIG_MIGRATED',
    message: `The config was written for another release of OpenClaw and was brought up to date: ${describeIssues(issues)}. The one before is in the history.`,
  };
}
