/** What is known of a release of OpenClaw, each found by starting it: the `facts.mts` beside its lockfile. */
export interface OpenClawRelease {
  readonly version: string;
  /** `engines.node` of the npm package. */
  readonly node: string;
  /** Paths that answer without proxy attribution: the only ones a load balancer may probe. */
  readonly healthCheckPaths: readonly string[];
  /** `user_version` of its SQLite databases. */
  readonly schemas: {
    /** Of `state/openclaw.sqlite`. */
    readonly state: number;
    /** Of `agents/<id>/agent/openclaw-agent.sqlite`. Absent: it keeps conversations in files. */
    readonly agent?: number;
  };
  /** The known releases whose state it brings to its own form at a start. What is not named was refused, or not tried. */
  readonly migratesFrom: readonly string[];
  /**
   * `user_version` of the state database in which people were created ahead of their first login, and found whole by the
   * gateway. Absent: not tested, and not done.
   */
  readonly peopleSchema?: number;
  /** Why no pod runs it: a state of it can be upgraded from, no more. Absent: pods run it. */
  readonly notRun?: string;
}
