/**
 * The OpenClaw releases that Clawharbor was tested with: the compatibility table that synth and the instance check.
 * A release is added here together with its lockfile in `openclaw-release/<version>/`.
 */
export interface OpenClawRelease {
  readonly version: string;
  /** `engines.node` of the npm package. */
  readonly node: string;
  /** Paths that answer without proxy attribution: the only ones a load balancer may probe. */
  readonly healthCheckPaths: readonly string[];
}

export const openclawReleases = {
  '2026.9.6': {
    version: '2026.9.6',
    node: '>=24.16.0 <25 || >=26.1.0',
    healthCheckPaths: ['/healthz', '/health'],
  },
} as const satisfies Record<string, OpenClawRelease>;

export type OpenClawVersion = keyof typeof openclawReleases;

/** The release a new pod gets. */
export const defaultOpenClawVersion: OpenClawVersion = '2026.9.6';
