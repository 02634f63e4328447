import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { heldCondition, endOfHold } from '../../src/launch/held-launch.ts';
import { placeOf, remedyOf, verdictOf, type Place } from '../../src/launch/verdict.ts';

const rows: Readonly<Record<Place, readonly string[]>> = {
  machine: [
    'SPEC_TOO_NEW',
    'HOST_UNSUPPORTED',
    'OPENCLAW_NOT_INSTALLABLE',
    'STATE_NOT_MOUNTED',
    'STATE_NOT_ANSWERING',
    'DISK_FULL',
    'DISK_READ_ONLY',
    'LIFECYCLE_SIGNAL_FAILED',
    'BUNDLE_NOT_BUILT',
    'REPORT_ABSENT',
    'USAGE',
  ],
  spec: [
    'SPEC_UNREADABLE',
    'SPEC_INVALID',
    'OPENCLAW_VERSION_NOT_RUN',
    'UPGRADE_REFUSED',
    'DOWNGRADE_REFUSED',
    'UPGRADE_REHEARSAL_FAILED',
    'UPGRADE_FAILED',
  ],
  secret: ['SECRET_UNREADABLE', 'SECRET_INVALID'],
  config: [
    'CONFIG_UNPARSABLE',
    'CONFIG_LOST',
    'CONFIG_REJECTED',
    'CONFIG_MIGRATED',
    'CONFIG_WISH_LEFT_OUT',
    'CONFIG_INCLUDE_OVERRULED',
    'CONFIG_NOT_IN_EFFECT',
    'CONFIG_NOT_WRITTEN',
    'CONFIG_MERGE_NOTE',
    'GATEWAY_CONFIG_REFUSED',
    'MODEL_NOT_ANSWERING',
  ],
  state: [
    'STATE_NEWER',
    'STATE_NEEDS_REPAIR',
    'FILE_NOT_REGULAR',
    'FILE_TOO_LARGE',
    'RECORD_FOREIGN',
    'REPLICA_DAMAGED',
    'REPLICA_MISSING',
    'BACKUP_CORRUPT',
    'BACKUP_NOT_FOUND',
    'BACKUP_FOREIGN',
    'BACKUP_NEWER',
    'BACKUP_OVERDUE',
    'BACKUP_NOT_STORED',
    'BACKUP_BUCKET_UNREADABLE',
    'DRILL_OVERDUE',
  ],
  anywhere: [
    'OPENCLAW_UNUSABLE',
    'PLUGIN_MISSING',
    'COMMANDS_NOT_APART',
    'PEOPLE_NOT_READ',
    'PERSON_UNKNOWN',
    'ARTIFACT_CORRUPT',
    'ARTIFACT_NOT_STORED',
    'STATE_LOCKED',
    'STATE_UNLOCKED',
    'STATE_NOT_LOCKABLE',
    'FILE_UNREADABLE',
    'LEFTOVER_KEPT',
    'UNIT_FAILED',
    'PORT_TAKEN',
    'GATEWAY_NOT_READY',
    'GATEWAY_LETS_NOBODY_IN',
    'GATEWAY_HUNG',
    'GATEWAY_CALL_FAILED',
    'GATEWAY_RUNS_OTHERWISE',
    'GATEWAY_MEMORY_HIGH',
    'UPGRADE_NOT_POSSIBLE',
    'UPGRADE_NOT_REHEARSED',
    'PROFILE_NOT_CREATED',
    'COMMAND_FAILED',
    'BACKUP_FAILED',
    'DRILL_FAILED',
    // Of the system, and of nobody.
    'EACCES',
    'UNEXPECTED',
    'constructor',
  ],
};

const first = { isHeld: false, hasFailedElsewhere: false };
const held = { isHeld: true, hasFailedElsewhere: false };
const again = { isHeld: false, hasFailedElsewhere: true };

describe('a launch that failed', () => {
  test.each(Object.entries(rows).flatMap(([place, codes]) => codes.map((code) => [code, place] as const)))(
    'with %s: what it failed for lies in: %s',
    (code, place) => {
      expect(placeOf(code)).toBe(place);
      const verdicts = [first, held, again].map((launch) => verdictOf(code, launch));
      const expected = {
        machine: ['abandon', 'abandon', 'abandon'],
        anywhere: ['abandon', 'hold', 'hold'],
      }[place];
      expect(verdicts).toEqual(expected ?? ['hold', 'hold', 'hold']);
      expect(remedyOf(code)).toMatch(/\w+/);
    },
  );

  test('has a row for every code of the table in the documentation', () => {
    const text = readFileSync(new URL('../../../../docs/errors.md', import.meta.url), 'utf8');
    const [, section = ''] = /## On the instance.*?\n(.*?)\n## /s.exec(text) ?? [];
    const documented = [...section.matchAll(/^\| `([A-Z_]+)`/gm)].map(([, code]) => code);
    expect(documented.length).toBeGreaterThan(50);
    const known = Object.values(rows).flat();
    expect(documented.filter((code) => !known.includes(code!))).toEqual([]);
  });
});

describe('a launch that is held', () => {
  const since = new Date('2026-11-30T00:00:00.000Z');

  test('waits for a hundred heartbeats, and two days at most', () => {
    expect(endOfHold(since, 900).toISOString()).toBe('2026-12-01T01:00:00.000Z');
    expect(endOfHold(since, 1728).toISOString()).toBe('2026-12-02T00:00:00.000Z');
    expect(endOfHold(since, 7200).toISOString()).toBe('2026-12-02T00:00:00.000Z');
  });

  test('says why, until when, and what mends it', () => {
    const condition = heldCondition('STATE_NEEDS_REPAIR', endOfHold(since, 900));
    expect(condition).toMatchObject({
      type: 'LaunchCompleted',
      status: 'False',
      reason: 'StateNeedsRepair',
    });
    expect(condition.message).toMatch(/2026-12-01T01:00:00.000Z.*STATE_NEEDS_REPAIR.*doctor --fix/);
  });
});
