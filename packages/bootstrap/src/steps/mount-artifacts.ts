import { mkdir } from 'node:fs/promises';
import { artifactsMount, describeMount, ensureMounted } from './mounts.ts';
import type { Step } from './step.ts';

/** The cache of artifacts: a replacement installs from it without a registry. */
export const mountArtifacts: Step = {
  name: 'mount-artifacts',
  phase: 'prepare',
  async plan({ host, spec }) {
    if (!spec.fileSystem) return [];
    const mount = artifactsMount(host, spec.fileSystem);
    return (await host.isMounted(mount)) ? [] : [describeMount(mount)];
  },
  async apply(context) {
    const { host, spec } = context;
    if (!spec.fileSystem) {
      await mkdir(host.layout.artifacts, { recursive: true });
      return { changes: [], skipped: 'the spec has no file system: artifacts stay on this machine' };
    }
    return { changes: await ensureMounted(context, artifactsMount(host, spec.fileSystem)) };
  },
};
