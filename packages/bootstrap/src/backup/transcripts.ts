import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { BootstrapError } from '../errors.ts';
import type { ArchivedDatabase } from './manifest.ts';

/**
 * Refuses a state whose conversations no archive would have. Releases before 2026.9 keep them in `agents/<id>/sessions/*.jsonl`,
 * and `backup create` of every release leaves such files out as volatile (`docs/cli/backup.md` of OpenClaw; measured with
 * 2026.7.35, which also has no `backup restore`).
 * @throws BootstrapError `BACKUP_FAILED`
 */
export async function mustHaveConversations(
  state: string,
  databases: readonly ArchivedDatabase[],
): Promise<void> {
  const agents = await readdir(join(state, 'agents')).catch(() => [] as string[]);
  for (const agent of agents) {
    if (databases.some(({ file }) => file === `agents/${agent}/agent/openclaw-agent.sqlite`)) continue;
    const files = await readdir(join(state, 'agents', agent, 'sessions')).catch(() => [] as string[]);
    if (!files.some((file) => file.endsWith('.jsonl'))) continue;
    throw new BootstrapError(
      'BACKUP_FAILED',
      `The conversations of the agent ${agent} lie in files that this release of OpenClaw leaves out of its archives. ` +
        'Stop the gateway and copy the state directory, or upgrade first.',
    );
  }
}
