import { endianness } from 'node:os';

/** The header, twice: https://sqlite.org/walformat.html#the_wal_index_header */
export const walIndexBytes = 96;
const copyBytes = walIndexBytes / 2;
const version = 3_007_000;

/** What is committed to a WAL, of the file beside the database that those who have it open share. */
export interface WalIndex {
  /** Goes up by one with each transaction that writes, over all resets; begins anew when nobody has the database open. */
  readonly changes: number;
  /** Frames that are committed. */
  readonly frames: number;
}

/** Undefined: it is being written, which is what the second copy is for, or there is none yet. */
export function parseWalIndex(bytes: Uint8Array): WalIndex | undefined {
  if (bytes.length < walIndexBytes) return undefined;
  if (Buffer.compare(bytes.subarray(0, copyBytes), bytes.subarray(copyBytes)) !== 0) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, copyBytes);
  // It never leaves the machine.
  const isLittleEndian = endianness() === 'LE';
  if (view.getUint32(0, isLittleEndian) !== version || view.getUint8(12) !== 1) return undefined;
  return { changes: view.getUint32(8, isLittleEndian), frames: view.getUint32(16, isLittleEndian) };
}
