import { join } from 'node:path';
import type { Layout } from '../host/layout.ts';
import type { PodSpec } from '../spec/pod-spec.ts';

/** What infrastructure decides: the config of the spec, and what only the host knows. */
export function desiredConfig({ openclaw }: PodSpec, { logs }: Layout): Record<string, unknown> {
  const logging = openclaw.config['logging'];
  return {
    ...openclaw.config,
    // OpenClaw's default is a folder in /tmp. It rotates the file itself: `docs/gateway/logging.md`.
    logging: { ...(typeof logging === 'object' ? logging : {}), file: join(logs, 'gateway.log') },
  };
}
