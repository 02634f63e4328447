/** What a release of OpenClaw knows of its own config; `probe.ts` asks it. */
export interface OpenClawFacts {
  readonly version: string;
  /** As `openclaw config schema` prints it: draft-07. */
  readonly schema: object;
  /** Paths that OpenClaw's own hints call sensitive; `*` is any key, `[]` any element. */
  readonly sensitive: readonly string[];
  /** Paths whose URL may carry a credential. */
  readonly urls: readonly string[];
  /** Paths that take a SecretRef: https://docs.openclaw.ai/reference/secretref-credential-surface */
  readonly secretTargets: readonly string[];
  /** Names of keys that OpenClaw redacts wherever they stand. */
  readonly named: readonly string[];
  /** Prefix of a path → what a change below it makes the gateway do. The longest prefix counts. */
  readonly reload: Readonly<Record<string, 'none' | 'hot' | 'restart'>>;
  /** Prefixes below which a change closes every connection. */
  readonly reconnects: readonly string[];
  /** Keys that an older release had. */
  readonly retired: readonly { readonly path: string; readonly message: string }[];
}
