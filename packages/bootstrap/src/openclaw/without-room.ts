import type { Host } from '../host/host.ts';
import { disksOf, isFull, leastRoom } from '../disk-room.ts';
import { ageOf } from './frozen.ts';
import { gatewayUnitName } from './gateway-unit.ts';
import { isSince } from './log-time.ts';
import { wasRestartedFor } from './restart-record.ts';

/** A turn that fails for it says so: whoever is not answered says something within as many lines. */
const logLines = 400;

/**
 * Whether a gateway met a full disk that has room again, and was not restarted for it within the hour: what its log says may be
 * somebody's words. An agent of which OpenClaw 2026.9.6 could not close the database then
 * answers no more, with the same error at each turn, until the gateway is started again.
 */
export async function hadNoRoom(host: Host, pid: number): Promise<boolean> {
  const age = await ageOf(pid);
  if (age === undefined) return false;
  const since = new Date(host.now().getTime() - age * 1000);
  if (!tellsOfFullDisk(await host.units.tail(gatewayUnitName, logLines), since)) return false;
  if (await wasRestartedFor(host, 'disk')) return false;
  // Without room it would not start again.
  return !isFull(await leastRoom(disksOf(host.layout)));
}

/** SQLite's words for SQLITE_FULL (https://www.sqlite.org/rescode.html#full). Pure. */
export function tellsOfFullDisk(lines: readonly string[], since: Date): boolean {
  return lines.some((line) => line.includes('database or disk is full') && isSince(line, since));
}
