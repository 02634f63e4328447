import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Layout } from '../host/layout.ts';
import type { PodSpec } from '../spec/pod-spec.ts';
import { bundledPlugin } from './bundled.ts';

export interface PlacedPlugin {
  readonly directory: string;
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Clawharbor's plugin of OpenClaw, and where it lies: beside the releases, because it is code that the gateway runs and no
 * agent may change, under a name made of its content, so that a config names the one that it was written for.
 * @returns undefined where a pod has none
 */
export function clawharborPlugin({ login }: PodSpec, { install }: Layout): PlacedPlugin | undefined {
  const files = bundledPlugin();
  if (login === undefined || files === undefined) return undefined;
  const hash = createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 16);
  return { directory: join(install, `clawharbor-plugin-${hash}`), files };
}
