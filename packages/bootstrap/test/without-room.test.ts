import { expect, test } from 'vitest';
import { tellsOfFullDisk } from '../src/openclaw/without-room.ts';

const since = new Date('2026-12-01T00:47:00Z');
const told = (time: string) =>
  JSON.stringify({
    time,
    level: 'error',
    subsystem: 'gateway',
    message: 'parse/handle error: SqliteWorkerError: database or disk is full',
  });

test.each([
  [
    'says nothing of it',
    [JSON.stringify({ time: '2026-12-01T00:48:00.000+00:00', message: 'ready' })],
    false,
  ],
  ['says so', [told('2026-12-01T00:48:00.000+00:00')], true],
  ['says so as text', ['2026-12-01T02:48:00.000+02:00 [audit] database or disk is full'], true],
  ['is another than the one that said so', [told('2026-12-01T00:46:59.000+00:00')], false],
  ['said so at no known time', ['database or disk is full'], false],
])('a gateway that %s', (_, lines, expected) => {
  expect(tellsOfFullDisk(lines, since)).toBe(expected);
});
