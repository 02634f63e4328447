/**
 * Something about the pod that holds or does not, whatever this run did: what is missing although the pod runs. In the
 * form of Kubernetes, without times: a report has its own.
 * @see https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md#typical-status-properties
 */
export interface Condition {
  /** Named so that `True` is what one wants. */
  readonly type:
    | 'ConfigInEffect'
    | 'ChannelsConnected'
    | 'DatabasesReplicated'
    | 'DiskRoom'
    | 'LogsShipped'
    | 'InstanceMetadata'
    | 'LaunchCompleted'
    | 'ReleaseInstalled'
    | 'PluginsInstalled'
    | 'BackupsMade'
    | 'BackupsStored'
    | 'RestoreProved';
  /** `Unknown`: nobody answered who could tell. */
  readonly status: 'True' | 'False' | 'Unknown';
  /** One word in CamelCase, for programs. */
  readonly reason: string;
  /** For people: what that means, and what to do. Never a value. */
  readonly message: string;
}

/** One of each type, the one that was seen last. */
export function lastOfEach(conditions: readonly Condition[]): readonly Condition[] {
  return [...new Map(conditions.map((condition) => [condition.type, condition])).values()];
}
