import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host } from '../host/host.ts';

/**
 * Gives Clawharbor's records in the state to the gateway's user, who backs them up. On EFS they are theirs already, because
 * the access point makes everything so; elsewhere they belong to root, who wrote them.
 */
export async function ownRecords(host: Host): Promise<void> {
  if (host.gatewayUser !== undefined) await own(host, host.layout.records);
}

async function own(host: Host, directory: string): Promise<void> {
  await host.own(directory, 0o700);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    // OpenClaw leaves these out.
    if (entry.name.endsWith('.tmp')) continue;
    const path = join(directory, entry.name);
    if (entry.isDirectory()) await own(host, path);
    else if (entry.isFile()) await host.own(path, 0o600);
  }
}
