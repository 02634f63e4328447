import { join } from 'node:path';
import * as z from 'zod';
import { ageAt } from '../age.ts';
import { writeAtomically } from '../config/atomic-file.ts';
import { parseOrNothing, readIfPresent } from '../config/files.ts';
import type { Host } from '../host/host.ts';

/** What a gateway that serves people is restarted for. It comes back without having been mended, or by somebody's words in a log. */
export type RestartReason = 'memory' | 'disk';

/** It is restarted for the same so often at most; faster than that, nobody would be served by it. */
const againMilliseconds = 3_600_000;

const record = z.object({ memory: z.iso.datetime().optional(), disk: z.iso.datetime().optional() });

/** @returns whether less than an hour has passed since it was restarted for it, on this machine */
export async function wasRestartedFor(host: Host, reason: RestartReason): Promise<boolean> {
  return isRecent(host.now(), (await restarts(host))[reason]);
}

export async function rememberRestart(host: Host, reason: RestartReason): Promise<void> {
  const all = { ...(await restarts(host)), [reason]: host.now().toISOString() };
  await writeAtomically(recordOf(host), `${JSON.stringify(all)}\n`);
}

/** Pure. @param at ISO 8601; undefined: never */
export function isRecent(now: Date, at: string | undefined): boolean {
  return at !== undefined && ageAt(now, at) < againMilliseconds;
}

/** On the machine's own disk: another instance has another gateway. */
function recordOf({ layout }: Host): string {
  return join(layout.reports, 'restarted-for.json');
}

async function restarts(host: Host): Promise<z.infer<typeof record>> {
  const text = await readIfPresent(recordOf(host));
  return record.safeParse(text === undefined ? {} : parseOrNothing(text)).data ?? {};
}
