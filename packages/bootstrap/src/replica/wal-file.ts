import { endianness } from 'node:os';

/** https://www.sqlite.org/fileformat2.html#the_write_ahead_log */
export const walHeaderBytes = 32;
const frameHeaderBytes = 24;

/** Bytes of a WAL's header and of one of its frames. */
export type Checksum = readonly [number, number];

/** The header of an incarnation of a WAL: what is written between two resets. */
export interface WalHeader {
  /** As it stands in the file. */
  readonly bytes: Uint8Array;
  /** How words are read for the checksums; the fields themselves are big-endian always. */
  readonly isBigEndian: boolean;
  /** In bytes. */
  readonly pageSize: number;
  readonly salt1: number;
  readonly salt2: number;
  readonly checksum: Checksum;
}

/** A place between two frames, with what is needed to go on from there. */
export interface WalPosition {
  /** Frames before it. */
  readonly frames: number;
  /** Running checksum up to it. */
  readonly checksum: Checksum;
}

/** What a run of bytes of a WAL holds. */
export interface Frames {
  /** After the last frame that belongs to the incarnation and whose checksum holds. */
  readonly valid: WalPosition;
  /** After the last of them that commits; where the run began, if none does. */
  readonly committed: WalPosition;
  /** How many of them commit. */
  readonly commits: number;
}

/** The header of a WAL; undefined where there is none, or one that SQLite would not take either. */
export function parseWalHeader(bytes: Uint8Array): WalHeader | undefined {
  if (bytes.length < walHeaderBytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, walHeaderBytes);
  const magic = view.getUint32(0);
  const pageSize = view.getUint32(8);
  if ((magic & ~1) !== 0x377f0682 || view.getUint32(4) !== 3_007_000) return undefined;
  if (pageSize < 512 || pageSize > 65_536 || (pageSize & (pageSize - 1)) !== 0) return undefined;
  const isBigEndian = (magic & 1) === 1;
  const checksum: Checksum = [view.getUint32(24), view.getUint32(28)];
  const words = wordsOf(bytes.subarray(0, 24), isBigEndian);
  if (!isEqual(sum(words, 0, 6, [0, 0]), checksum)) return undefined;
  return {
    bytes: Uint8Array.from(bytes.subarray(0, walHeaderBytes)),
    isBigEndian,
    pageSize,
    salt1: view.getUint32(16),
    salt2: view.getUint32(20),
    checksum,
  };
}

/** Before the first frame. */
export function startOf(header: WalHeader): WalPosition {
  return { frames: 0, checksum: header.checksum };
}

/** In bytes, with its own header. */
export function frameBytes({ pageSize }: WalHeader): number {
  return frameHeaderBytes + pageSize;
}

/** Where in the file the frame after so many begins. */
export function offsetOf(header: WalHeader, frames: number): number {
  return walHeaderBytes + frames * frameBytes(header);
}

/**
 * By its salts alone. That they count up with each reset is no rule to hold on to: a connection that has not reset the WAL
 * before makes them anew at random where it finds it empty, and each has a checkpoint sequence of its own (`walFrames` of
 * https://sqlite.org/src/file/src/wal.c).
 */
export function isSameIncarnation(a: WalHeader | undefined, b: WalHeader | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && a.salt1 === b.salt1 && a.salt2 === b.salt2);
}

/**
 * Goes through frames as SQLite's own recovery does: those whose salts are the header's and whose running checksum
 * holds, up to the first that is not so.
 * @param bytes begin with the frame after `from`; a part of a frame at their end counts for nothing
 */
export function readFrames(header: WalHeader, from: WalPosition, bytes: Uint8Array): Frames {
  const { salt1, salt2, pageSize } = header;
  const size = frameBytes(header);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const words = wordsOf(bytes.subarray(0, bytes.length - (bytes.length % size)), header.isBigEndian);
  let valid = from;
  let committed = from;
  let commits = 0;
  for (let at = 0; at + size <= bytes.length; at += size) {
    if (view.getUint32(at) === 0 || view.getUint32(at + 8) !== salt1 || view.getUint32(at + 12) !== salt2)
      break;
    const head = sum(words, at / 4, at / 4 + 2, valid.checksum);
    const page = (at + frameHeaderBytes) / 4;
    const checksum = sum(words, page, page + pageSize / 4, head);
    if (view.getUint32(at + 16) !== checksum[0] || view.getUint32(at + 20) !== checksum[1]) break;
    valid = { frames: valid.frames + 1, checksum };
    if (view.getUint32(at + 4) === 0) continue;
    committed = valid;
    commits += 1;
  }
  return { valid, committed, commits };
}

export const isEqual = (a: Checksum, b: Checksum): boolean => a[0] === b[0] && a[1] === b[1];

/** https://www.sqlite.org/fileformat2.html#checksum_algorithm, over words from one index up to another. */
function sum(words: Uint32Array, from: number, to: number, [before0, before1]: Checksum): Checksum {
  let a = before0 | 0;
  let b = before1 | 0;
  for (let index = from; index < to; index += 2) {
    a = (a + words[index]! + b) | 0;
    b = (b + words[index + 1]! + a) | 0;
  }
  return [a >>> 0, b >>> 0];
}

/** The same bytes as words: without a copy where they lie as the machine reads them, which they nearly always do. */
function wordsOf(bytes: Uint8Array, isBigEndian: boolean): Uint32Array {
  const isNative = isBigEndian === (endianness() === 'BE');
  if (isNative && bytes.byteOffset % 4 === 0)
    return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const copy = new Uint8Array(bytes);
  if (!isNative) Buffer.from(copy.buffer).swap32();
  return new Uint32Array(copy.buffer);
}
