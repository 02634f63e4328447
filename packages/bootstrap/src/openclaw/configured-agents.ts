import * as z from 'zod';
import { readLive } from '../config/live-config.ts';
import type { Host } from '../host/host.ts';

/** Agents of the config, and the one that every gateway has, by their ids. */
export async function configuredAgents(host: Host): Promise<string[]> {
  const { live } = await readLive(host);
  const { agents } = configured.safeParse(live?.joined.value).data ?? {};
  return ['main', ...(agents?.list ?? []).map(({ id }) => id)];
}

const configured = z.object({
  agents: z.object({ list: z.array(z.object({ id: z.string() })).optional() }).optional(),
});
