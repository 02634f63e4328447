import { once } from 'node:events';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Admission } from '../src/people/admission.ts';
import type { Person } from '../src/people/people-file.ts';

const ada = '0f7c3b1e-0000-4000-8000-000000000001';
const bob = '0f7c3b1e-0000-4000-8000-000000000002';
const eve = '0f7c3b1e-0000-4000-8000-000000000003';

let directory: string;
let now: number;
let told: string[];
let admission: Admission;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'clawharbor-people-'));
  mkdirSync(join(directory, 'kicked'));
  now = 1_800_000_000_000;
  told = [];
  admission = new Admission({
    directory,
    staleSeconds: 900,
    tell: (message) => void told.push(message),
    now: () => now,
  });
  list([person(ada), person(bob)]);
});

afterEach(() => {
  admission.stop();
  rmSync(directory, { recursive: true, force: true });
});

const person = (sub: string, out?: Person['out']): Person => ({
  sub,
  name: sub,
  groups: [],
  ...(out === undefined ? {} : { out }),
});

/** As the bootstrap writes it. */
function list(people: readonly Person[], text?: string): void {
  const file = join(directory, 'people.json');
  writeFileSync(`${file}.new`, text ?? JSON.stringify({ version: 1, checkedAt: now, people }));
  renameSync(`${file}.new`, file);
}

const authorize = (...emails: string[]) =>
  admission.authorize({ profileId: 'profile', emails, assignedRole: null });

describe('who is in the list', () => {
  test('is in, with one grant for all that they have open', () => {
    const access = authorize(ada);
    expect(() => access.assertCurrent()).not.toThrow();
    expect(access.signal.aborted).toBe(false);
    expect(authorize(ada)).toBe(access);
    expect(authorize(bob)).not.toBe(access);
  });

  test('and no longer in, is out with the next look, and stays out in what they had', () => {
    const access = authorize(ada);
    list([person(bob)]);
    admission.look();
    expect(access.signal.reason).toMatchObject({ code: 'PERSON_OUT' });
    expect(() => access.assertCurrent()).toThrow(/PERSON_OUT/);
    list([person(ada), person(bob)]);
    admission.look();
    expect(() => access.assertCurrent()).toThrow(/PERSON_OUT/);
    expect(authorize(ada).signal.aborted).toBe(false);
    expect(told).toStrictEqual([
      expect.stringContaining(`PERSON_OUT: ${ada} is out: no longer in the user pool`),
    ]);
  });

  test('is judged again by every use, also between two looks', () => {
    const access = authorize(ada);
    list([person(ada, 'disabled')]);
    expect(() => access.assertCurrent()).toThrow(/PERSON_OUT.*disabled/);
  });

  test.each([
    ['disabled', 'disabled in the user pool'],
    ['not-in-group', "in none of the pod's groups"],
  ] as const)('as %s is out, and nobody else', (out, words) => {
    const [one, other] = [authorize(ada), authorize(bob)];
    list([person(ada, out), person(bob)]);
    admission.look();
    expect(one.signal.aborted).toBe(true);
    expect(other.signal.aborted).toBe(false);
    expect(() => authorize(ada)).toThrow(words);
  });

  test('and put out by hand, is out for as long as the file is there', () => {
    const access = authorize(ada);
    writeFileSync(join(directory, 'kicked', ada), '');
    admission.look();
    expect(access.signal.aborted).toBe(true);
    expect(() => authorize(ada)).toThrow(/put out by hand/);
    rmSync(join(directory, 'kicked', ada));
    expect(() => authorize(ada)).not.toThrow();
  });

  test('under another identity is out with any of them', () => {
    expect(() => authorize('ada@example.com', ada)).not.toThrow();
    list([person(ada), person(bob, 'disabled')]);
    expect(() => authorize(ada, bob)).toThrow(/PERSON_OUT/);
    expect(() => authorize(bob, ada)).toThrow(/PERSON_OUT/);
  });
});

test('who is in no list is out', () => {
  expect(() => authorize(eve)).toThrow(/PERSON_OUT.*not in the user pool/);
  expect(() => authorize()).toThrow(/PERSON_OUT/);
});

describe('a list that', () => {
  test('is dated ahead, by a clock that was wrong, lets nobody new in and throws nobody out', () => {
    const access = authorize(ada);
    now -= 86_400_000;
    admission.look();
    expect(access.signal.aborted).toBe(false);
    expect(() => authorize(bob)).toThrow(/PEOPLE_STALE/);
    now += 86_400_000;
    expect(() => authorize(bob)).not.toThrow();
  });

  test('is too old lets nobody new in and throws nobody out', () => {
    const access = authorize(ada);
    now += 900_001;
    admission.look();
    expect(access.signal.aborted).toBe(false);
    expect(authorize(ada)).toBe(access);
    expect(() => authorize(bob)).toThrow(/PEOPLE_STALE/);
    expect(() => authorize(bob)).toThrow(/PEOPLE_STALE/);
    expect(told.filter((line) => line.startsWith('PEOPLE_STALE'))).toHaveLength(1);
    list([person(ada), person(bob)]);
    expect(() => authorize(bob)).not.toThrow();
  });

  test('is too old still puts out by hand', () => {
    const access = authorize(ada);
    now += 900_001;
    writeFileSync(join(directory, 'kicked', ada), '');
    admission.look();
    expect(access.signal.aborted).toBe(true);
  });

  test.each([
    ['is not there', undefined],
    ['is no JSON', '{"version":1,'],
    ['is of another form', '{"version":2,"checkedAt":1,"people":[]}'],
    ['names somebody by no sub', '{"version":1,"checkedAt":1,"people":[{"sub":"../x","name":"x"}]}'],
  ])('%s lets nobody new in and throws nobody out', (_, text) => {
    const access = authorize(ada);
    if (text === undefined) rmSync(join(directory, 'people.json'));
    else list([], text);
    admission.look();
    expect(access.signal.aborted).toBe(false);
    expect(authorize(ada)).toBe(access);
    expect(() => authorize(bob)).toThrow(/PEOPLE_UNREADABLE/);
    expect(told).toStrictEqual([expect.stringContaining('PEOPLE_UNREADABLE')]);
  });
});

test('who is put out by hand is out within a second, however busy the list is', async () => {
  list(Array.from({ length: 500 }, (_, n) => person(`${ada.slice(0, -4)}${String(n).padStart(4, '0')}`)));
  admission.start();
  const access = authorize(ada);
  const ended = once(access.signal, 'abort');
  writeFileSync(join(directory, 'kicked', ada), '');
  const from = performance.now();
  await ended;
  expect(performance.now() - from).toBeLessThan(1000);
});

describe('where groups decide about roles', () => {
  const roles = {
    default: 'member',
    groups: [
      { name: 'admins', role: 'admin' },
      { name: 'members', role: 'member' },
      { name: 'viewers', role: 'viewer' },
    ],
    people: { [eve]: 'admin' },
  };
  const of = (sub: string, ...groups: string[]): Person => ({ ...person(sub), groups });
  const asRole = (sub: string, assignedRole: string | null) =>
    admission.authorize({ profileId: 'profile', emails: [sub], assignedRole });

  beforeEach(() => {
    admission = new Admission({
      directory,
      staleSeconds: 900,
      roles,
      tell: (message) => void told.push(message),
      now: () => now,
    });
  });

  test.each([
    ['admins', 'admin'],
    ['members', null],
    ['members', 'member'],
    ['viewers', 'viewer'],
  ])('somebody of %s is in as %s', (group, role) => {
    list([of(ada, group)]);
    expect(asRole(ada, role).signal.aborted).toBe(false);
  });

  test.each([
    ['admins', null],
    ['admins', 'member'],
    ['viewers', null],
    ['viewers', 'admin'],
    ['members', 'admin'],
    ['members', 'viewer'],
  ])('somebody of %s is not in as %s: their role is to be there before them', (group, role) => {
    list([of(ada, group)]);
    expect(() => asRole(ada, role)).toThrow(/^ROLE_NOT_GIVEN: .*is to be/);
    expect(told.join()).toContain('ROLE_NOT_GIVEN');
  });

  test('the first of the groups that somebody is in counts', () => {
    list([of(ada, 'viewers', 'admins')]);
    expect(() => asRole(ada, 'viewer')).toThrow(/ROLE_NOT_GIVEN/);
    expect(asRole(ada, 'admin').signal.aborted).toBe(false);
  });

  test('who is to have a lesser role loses what they have open with the next look', () => {
    list([of(ada, 'admins'), of(bob, 'members')]);
    const [access, other] = [asRole(ada, 'admin'), asRole(bob, null)];
    list([of(ada, 'members'), of(bob, 'members')]);
    admission.look();
    expect(access.signal.aborted).toBe(true);
    expect(String(access.signal.reason)).toMatch(/PERSON_OUT: .*member and no longer admin/);
    expect(other.signal.aborted).toBe(false);
    expect(() => asRole(ada, 'admin')).toThrow(/ROLE_NOT_GIVEN/);
    expect(asRole(ada, null).signal.aborted).toBe(false);
  });

  test('who is to have a greater one keeps what they have until it is given', () => {
    list([of(ada, 'members')]);
    const access = asRole(ada, null);
    list([of(ada, 'admins', 'members')]);
    admission.look();
    expect(access.signal.aborted).toBe(false);
    expect(asRole(ada, null)).toBe(access);
    // Another role than either is nobody's.
    expect(() => asRole(ada, 'viewer')).toThrow(/ROLE_NOT_GIVEN/);
    expect(asRole(ada, 'admin')).toBe(access);
    // From here on it is the greater one that they lose.
    list([of(ada, 'members')]);
    admission.look();
    expect(access.signal.aborted).toBe(true);
  });

  test('who is named needs no group', () => {
    list([{ ...person(eve, 'not-in-group') }, { ...person(ada, 'not-in-group') }]);
    expect(asRole(eve, 'admin').signal.aborted).toBe(false);
    admission.look();
    expect(asRole(eve, 'admin').signal.aborted).toBe(false);
    expect(() => asRole(eve, null)).toThrow(/ROLE_NOT_GIVEN/);
    expect(() => asRole(ada, 'admin')).toThrow(/PERSON_OUT: .*none of the pod's groups/);
    list([{ ...person(eve, 'disabled') }]);
    expect(() => asRole(eve, 'admin')).toThrow(/PERSON_OUT: .*disabled/);
  });
});

test('looks by itself once it was started, and ends everything when it is stopped', async () => {
  admission.start();
  const [one, other] = [authorize(ada), authorize(bob)];
  const ended = new Promise((resolve) => one.signal.addEventListener('abort', resolve));
  list([person(bob)]);
  await ended;
  expect(other.signal.aborted).toBe(false);
  admission.stop();
  expect(other.signal.aborted).toBe(true);
});
