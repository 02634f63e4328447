import { relative, sep } from 'node:path';
import type { Host } from '../host/host.ts';
import { emptyTrash, keptDays, oldTrash } from '../openclaw/trash.ts';
import { leftoversIn, sweep, type Place } from '../temporary/sweep.ts';
import type { Step, Warning } from './step.ts';

/** What earlier runs that were killed have left half-written, wherever this package writes, and old trash. */
export const sweepLeftovers: Step = {
  name: 'sweep-leftovers',
  phase: 'activate',
  async plan({ host }) {
    const found = await Promise.all(places(host).map((place) => leftoversIn(place, host.now().getTime())));
    return [...found.flat(), ...(await oldTrash(host))].map((path) => `remove ${path}`);
  },
  async apply({ host }) {
    const changes: string[] = [];
    const warnings: Warning[] = [];
    for (const place of places(host)) {
      const { removed, kept } = await sweep(place, host.now().getTime());
      changes.push(...removed.map((path) => `remove ${path}, which a run that was cut short had left`));
      warnings.push(...kept.map((message): Warning => ({ code: 'LEFTOVER_KEPT', message })));
    }
    changes.push(
      ...(await emptyTrash(host)).map(
        (path) => `remove ${path}, which was in the trash for ${keptDays} days`,
      ),
    );
    return { changes, warnings };
  },
};

function places({ layout, placedIn = [] }: Host): Place[] {
  const records = relative(layout.state, layout.records).split(sep);
  return [
    { base: layout.state },
    { base: layout.state, below: ['npm', 'projects'] },
    { base: layout.state, below: records },
    { base: layout.state, below: [...records, 'config-history'] },
    { base: layout.artifacts },
    { base: layout.backups },
    ...[layout.install, layout.cache, layout.reports, ...placedIn].map((base) => ({ base, isLocal: true })),
  ];
}
