import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { historyName } from '../config/config-records.ts';
import type { Host } from '../host/host.ts';

/**
 * Gives Clawharbor's records in the state to the gateway's user, who backs them up. On EFS they are theirs already, because
 * the access point makes everything so; elsewhere they belong to root, who wrote them. What else lies beside them, as a
 * state that was rolled back from, that user has made.
 */
export async function ownRecords(host: Host): Promise<void> {
  if (host.gatewayUser === undefined) return;
  const { records } = host.layout;
  for (const directory of [records, join(records, historyName)]) {
    const entries = await readdir(directory, { withFileTypes: true }).catch(isAbsent);
    if (entries === undefined) continue;
    await host.own(directory, 0o700);
    for (const entry of entries) if (entry.isFile()) await host.own(join(directory, entry.name), 0o600);
  }
}

function isAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
