import { expect, test } from 'vitest';
import { conditionsOf, reasonOf, type Condition, type Observation } from '../src/conditions.ts';

const seen = (
  type: Condition['type'],
  status: Condition['status'] = 'True',
  message = 'so',
): Observation => ({ type, status, reason: 'So', message });
const before: readonly Condition[] = [
  { ...seen('Ready'), since: '2026-11-30T08:00:00.000Z', generation: 'a' },
  { ...seen('BackupsMade', 'False'), since: '2026-11-30T09:00:00.000Z', generation: 'a' },
  { ...seen('ChannelsConnected', 'False'), since: '2026-11-30T09:00:00.000Z', generation: 'a' },
];
const at = '2026-11-30T10:00:00.000Z';
const over = { at, generation: 'b', isOver: true };

test('a condition is since the run that first saw it with its status, and of the spec by which it was last seen', () => {
  expect(conditionsOf([seen('Ready', 'True', 'other words'), seen('UpToDate')], before, over)).toEqual([
    { ...seen('Ready', 'True', 'other words'), since: '2026-11-30T08:00:00.000Z', generation: 'b' },
    { ...seen('UpToDate'), since: at, generation: 'b' },
  ]);
  expect(conditionsOf([seen('Ready', 'Unknown')], before, over)).toMatchObject([{ since: at }]);
});

test('there is one of each type, the one that was seen last', () => {
  expect(conditionsOf([seen('Ready', 'False'), seen('Ready')], [], over)).toMatchObject([{ status: 'True' }]);
});

test('what late steps see stands as it was until they are through, and nothing else does', () => {
  const left = conditionsOf([seen('Ready')], before, { ...over, isOver: false });
  expect(left).toMatchObject([{ type: 'Ready', generation: 'b' }, before[1]]);
  const again = conditionsOf([seen('BackupsMade', 'False')], before, { ...over, isOver: false });
  expect(again).toEqual([{ ...before[1], generation: 'b' }]);
});

test('the reason of a code is one word', () => {
  expect(reasonOf('STATE_NOT_MOUNTED')).toBe('StateNotMounted');
});
