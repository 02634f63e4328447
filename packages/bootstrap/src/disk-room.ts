import { statfs } from 'node:fs/promises';
import type { Layout } from './host/layout.ts';

/**
 * With less than so many MB a disk counts as full. Of a disk that is, OpenClaw 2026.9.6 says nothing: `/readyz` answers 200,
 * and every connection is closed in its handshake, because no device can be read or written. With room again it lets people in after a
 * minute, and may answer none of them: `openclaw/without-room.ts`.
 */
export const leastMegabytes = 64;

/** The machine's own disks, on which the gateway and the bootstrap write. EFS grows by itself, and may not answer. */
export function disksOf({ databases, reports }: Pick<Layout, 'databases' | 'reports'>): readonly string[] {
  return [databases, reports];
}

export interface Room {
  readonly directory: string;
  /** For who is not root. */
  readonly megabytes: number;
}

/** @returns the one with the least; undefined where none of them is there */
export async function leastRoom(directories: readonly string[]): Promise<Room | undefined> {
  const rooms = await Promise.all(
    directories.map(async (directory) => {
      const found = await statfs(directory).catch(() => undefined);
      return found && { directory, megabytes: Math.floor((found.bavail * found.bsize) / 1e6) };
    }),
  );
  return rooms.filter((room) => room !== undefined).toSorted((a, b) => a.megabytes - b.megabytes)[0];
}

export function isFull(room: Room | undefined): boolean {
  return room !== undefined && room.megabytes < leastMegabytes;
}
