import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { historyName } from '../config/config-records.ts';
import type { Host } from '../host/host.ts';

/**
 * Gives Clawharbor's records in the state to the gateway's user, who backs them up. On EFS they are theirs already, because
 * the access point makes everything so; elsewhere they belong to root, who wrote them. So do those of a state that was rolled
 * back from, which were set aside with it; all else that lies beside the records that user has made.
 */
export async function ownRecords(host: Host): Promise<void> {
  if (host.gatewayUser === undefined) return;
  const { records } = host.layout;
  const directories = await own(host, records);
  if (directories.includes(historyName)) await own(host, join(records, historyName));
  for (const name of directories.filter((each) => each.startsWith('upgrade-'))) {
    const setAside = join(records, name);
    if ((await own(host, setAside)).includes('records')) await own(host, join(setAside, 'records'));
  }
}

/** A directory and the files in it. @returns names of the directories in it */
async function own(host: Host, directory: string): Promise<string[]> {
  await host.own(directory, 0o700);
  const entries = await readdir(directory, { withFileTypes: true });
  for (const entry of entries) {
    // OpenClaw leaves these out.
    if (entry.isFile() && !entry.name.endsWith('.tmp')) await host.own(join(directory, entry.name), 0o600);
  }
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}
