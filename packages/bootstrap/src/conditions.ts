/**
 * What a run sees of the pod: something that holds or does not, whatever this run did, such as what is missing although the
 * pod runs.
 */
export interface Observation {
  /** Named so that `True` is what one wants. */
  readonly type: ConditionType;
  /** `Unknown`: nobody answered who could tell. */
  readonly status: 'True' | 'False' | 'Unknown';
  /** One word in CamelCase, for programs. */
  readonly reason: string;
  /** For people: what that means, and what to do. Never a value. */
  readonly message: string;
}

/** Reason of what this host or this release cannot have, so that nobody waits for it. */
export const notHere = 'NotHere';

export type ConditionType =
  | 'Ready'
  | 'Converged'
  | 'UpToDate'
  | 'ConfigInEffect'
  | 'CommandsApart'
  | 'ChannelsConnected'
  | 'DatabasesReplicated'
  | 'DiskRoom'
  | 'LogsShipped'
  | 'InstanceMetadata'
  | 'LaunchCompleted'
  | 'ReleaseInstalled'
  | 'PluginsInstalled'
  | 'PeopleKnown'
  | 'ModelAnswers'
  | 'BackupsMade'
  | 'BackupsStored'
  | 'RestoreProved';

/**
 * An observation as a report keeps it, in the form of Kubernetes: `since` is its `lastTransitionTime`, `generation` its
 * `observedGeneration`.
 * @see https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md#typical-status-properties
 */
export interface Condition extends Observation {
  /** Start of the run of this instance that first saw it with this status, ISO 8601. */
  readonly since: string;
  /** Of the spec by which it was last seen: `generationOf` of it. */
  readonly generation: string;
}

/** What only late steps see, which come after what people wait for, and not at all in a run that fails before. */
const late: ReadonlySet<ConditionType> = new Set([
  'CommandsApart',
  'DatabasesReplicated',
  'DiskRoom',
  'ModelAnswers',
  'BackupsMade',
  'BackupsStored',
  'RestoreProved',
]);

/** The run that has seen something. */
export interface Seeing {
  /** Start of the run, ISO 8601. */
  readonly at: string;
  readonly generation: string;
  /** Whether its late steps are through: what they see stands until then as it was seen before. */
  readonly isOver: boolean;
}

/**
 * Conditions of a report: one of each type, the one that was seen last. Pure.
 * @param before those of the report before it
 */
export function conditionsOf(
  seen: readonly Observation[],
  before: readonly Condition[],
  { at, generation, isOver }: Seeing,
): readonly Condition[] {
  const known = new Map(before.map((condition) => [condition.type, condition]));
  const last = new Map(seen.map((observation) => [observation.type, observation]));
  const left = isOver ? [] : before.filter(({ type }) => late.has(type) && !last.has(type));
  const conditions = [...last.values()].map((observation) => {
    const earlier = known.get(observation.type);
    const since = earlier?.status === observation.status ? earlier.since : at;
    return { ...observation, since, generation };
  });
  return [...conditions, ...left];
}

/** A code as the reason of a condition: `STATE_LOCKED` as `StateLocked`. */
export function reasonOf(code: string): string {
  return code
    .toLowerCase()
    .split('_')
    .map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`)
    .join('');
}
