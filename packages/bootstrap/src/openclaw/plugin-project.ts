import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Layout } from '../host/layout.ts';
import { installDirectory } from './gateway-unit.ts';

/**
 * A plugin as OpenClaw's own installer leaves it: a folder of npm, named for the package, below `npm/projects` of the
 * state (`docs/plugins/dependency-resolution.md`). What lies there with a package of OpenClaw's catalog is found, recorded
 * and trusted, whoever put it there (2026.9.6: `installed-plugin-index-record-reader`).
 */
export function projectName(packageName: string): string {
  const safe = packageName.replaceAll(/[^a-zA-Z0-9._]+/g, '-').replaceAll(/^-|-$/g, '');
  if (safe === packageName && safe.length <= 60) return safe;
  const hash = createHash('sha256').update(packageName).digest('hex').slice(0, 10);
  return `${safe.slice(0, 50)}-${hash}`;
}

/** Where the plugins of a release are installed on this machine: with the release they come, and with it they go. */
export function pluginsDirectory(layout: Layout, version: string): string {
  return join(installDirectory(layout, version), 'plugins');
}

/** Where the gateway finds them. */
export function projectsDirectory({ state }: Layout): string {
  return join(state, 'npm', 'projects');
}
