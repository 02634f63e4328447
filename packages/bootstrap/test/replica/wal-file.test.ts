import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  frameBytes,
  isSameIncarnation,
  offsetOf,
  parseWalHeader,
  readFrames,
  startOf,
  walHeaderBytes,
} from '../../src/replica/wal-file.ts';

let directory: string;
/** Of two incarnations: behind the newer one lie frames of the older. */
let wal: Buffer;
let first: Buffer;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'clawharbor-wal-'));
  const file = join(directory, 'a.sqlite');
  const database = new DatabaseSync(file);
  database.exec('PRAGMA page_size = 1024; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0');
  database.exec('PRAGMA cache_size = 5; CREATE TABLE t (n INTEGER PRIMARY KEY, v)');
  const insert = database.prepare('INSERT INTO t (v) VALUES (?)');
  const commit = (rows: number): void => {
    database.exec('BEGIN');
    for (let row = 0; row < rows; row += 1) insert.run('v'.repeat(100 + ((row * 37) % 900)));
    database.exec('COMMIT');
  };
  for (let count = 0; count < 30; count += 1) commit(1 + ((count * 7) % 20));
  first = readFileSync(`${file}-wal`);
  database.exec('PRAGMA wal_checkpoint(RESTART)');
  copyFileSync(file, join(directory, 'main'));
  for (let count = 0; count < 10; count += 1) commit(1 + ((count * 7) % 20));
  wal = readFileSync(`${file}-wal`);
  database.close();
});
afterAll(() => rmSync(directory, { recursive: true }));

/** How many frames SQLite itself recovers of a WAL. */
function recovered(bytes: Uint8Array): number {
  const file = join(directory, 'recovered');
  copyFileSync(join(directory, 'main'), file);
  writeFileSync(`${file}-wal`, bytes);
  const database = new DatabaseSync(file);
  try {
    return (database.prepare('PRAGMA wal_checkpoint(PASSIVE)').get() as { log: number }).log;
  } finally {
    database.close();
  }
}

/** How many are read here, in runs of so many bytes. */
function read(bytes: Uint8Array, runFrames = Infinity): number {
  const header = parseWalHeader(bytes);
  if (header === undefined) return 0;
  let committed = 0;
  for (let position = startOf(header); ;) {
    const begin = offsetOf(header, position.frames);
    const run = bytes.subarray(begin, begin + Math.min(runFrames * frameBytes(header), bytes.length));
    const frames = readFrames(header, position, run);
    if (frames.commits > 0) committed = frames.committed.frames;
    if (frames.valid === position) return committed;
    position = frames.valid;
  }
}

describe('what is committed in a WAL', () => {
  test('is what SQLite recovers of it, whole and in runs', () => {
    const frames = recovered(wal);
    expect(frames).toBeGreaterThan(20);
    expect(wal.length).toBeGreaterThan(offsetOf(parseWalHeader(wal)!, frames));
    for (const run of [1, 3, 7, Infinity]) expect(read(wal, run)).toBe(frames);
  });

  test('is what SQLite recovers of it cut off anywhere', () => {
    const frames = recovered(wal);
    const end = offsetOf(parseWalHeader(wal)!, frames);
    for (let cut = 0; cut < 60; cut += 1) {
      const part = wal.subarray(0, Math.floor(Math.random() * (end + 1)));
      expect(read(part), `${part.length} bytes`).toBe(recovered(part));
    }
  });

  test('is what SQLite recovers of it with any one bit flipped', () => {
    const end = offsetOf(parseWalHeader(wal)!, recovered(wal));
    for (let flip = 0; flip < 100; flip += 1) {
      const other = Buffer.from(wal);
      // The header as well as the frames.
      const at = Math.floor(Math.random() * (flip % 4 === 0 ? walHeaderBytes : end));
      other[at]! ^= 1 << (flip % 8);
      expect(read(other), `byte ${at}`).toBe(recovered(other));
    }
  });

  test('is the same where the checksums are of big-endian words', () => {
    const other = bigEndian(wal);
    expect(parseWalHeader(other)?.isBigEndian).toBe(true);
    expect(recovered(other)).toBe(recovered(wal));
    expect(read(other)).toBe(recovered(wal));
    // Wherever the bytes lie in memory.
    const shifted = Buffer.concat([Buffer.alloc(1), other]).subarray(1);
    expect(read(shifted, 5)).toBe(recovered(wal));
  });

  test('of several megabytes is found in tens of milliseconds', () => {
    const header = parseWalHeader(wal)!;
    const frames = wal.subarray(walHeaderBytes, offsetOf(header, recovered(wal)));
    const start = performance.now();
    for (let bytes = 0; bytes < 8 * 1024 * 1024; bytes += frames.length)
      readFrames(header, startOf(header), frames);
    // On a quiet machine it takes 15 ms.
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

test('an incarnation is known by its salts', () => {
  expect(isSameIncarnation(parseWalHeader(first), parseWalHeader(wal))).toBe(false);
  expect(isSameIncarnation(parseWalHeader(first), parseWalHeader(Buffer.from(first)))).toBe(true);
  expect(isSameIncarnation(undefined, parseWalHeader(first))).toBe(false);
});

/** The same WAL as a big-endian machine writes it. */
function bigEndian(bytes: Buffer): Buffer {
  const other = Buffer.from(bytes);
  const { pageSize } = parseWalHeader(bytes)!;
  other.writeUInt32BE(0x377f0683, 0);
  let sums: [number, number] = [0, 0];
  const sum = (from: number, to: number): void => {
    let [a, b] = sums;
    for (let at = from; at < to; at += 8) {
      a = (a + other.readUInt32BE(at) + b) >>> 0;
      b = (b + other.readUInt32BE(at + 4) + a) >>> 0;
    }
    sums = [a, b];
  };
  const write = (at: number): void => {
    other.writeUInt32BE(sums[0], at);
    other.writeUInt32BE(sums[1], at + 4);
  };
  sum(0, 24);
  write(24);
  for (let at = walHeaderBytes; at + 24 + pageSize <= other.length; at += 24 + pageSize) {
    // Frames of an older incarnation stay as they are.
    if (Buffer.compare(other.subarray(at + 8, at + 16), other.subarray(16, 24)) !== 0) break;
    sum(at, at + 8);
    sum(at + 24, at + 24 + pageSize);
    write(at + 16);
  }
  return other;
}
