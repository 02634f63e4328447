import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  administratorsOf,
  connected,
  nameChanges,
  profileFor,
  roleChanges,
  strangers,
  type Profile,
} from '../src/openclaw/administrators.ts';

const identity = fc.constantFrom('ann', 'ben', 'cem', 'dia', 'eve');
const profiles: fc.Arbitrary<Profile[]> = fc
  .uniqueArray(fc.tuple(identity, fc.constantFrom('admin', 'member', null)), {
    selector: ([person]) => person,
  })
  .map((people) => people.map(([person, role]) => ({ id: `id-${person}`, role, emails: [person] })));

const admins = (identities: readonly string[]) =>
  identities.map((each) => ({ identity: each, role: 'admin' }));

function applied(people: readonly Profile[], administrators: readonly string[]): Profile[] {
  const changes = roleChanges(people, admins(administrators));
  return people.map((person) => {
    const change = changes.find(({ profileId }) => profileId === person.id);
    return change ? { ...person, role: change.role } : person;
  });
}

describe('role changes', () => {
  test('make exactly the wanted people administrators, of those who are there', () => {
    fc.assert(
      fc.property(profiles, fc.uniqueArray(identity), (people, administrators) => {
        const made = applied(people, administrators).filter(({ role }) => role === 'admin');
        const there = people.map(({ emails }) => emails[0]);
        expect(made.map(({ emails }) => String(emails[0])).toSorted()).toEqual(
          administrators.filter((person) => there.includes(person)).toSorted(),
        );
      }),
    );
  });

  test('leave roles alone that are not the administrator’s', () => {
    fc.assert(
      fc.property(profiles, (people) => {
        for (const { role } of roleChanges(people, [])) expect(role).toBeNull();
        const members = people.filter(({ role }) => role === 'member');
        expect(roleChanges(members, [])).toEqual([]);
      }),
    );
  });

  test('do not mind how an identity is written, as OpenClaw does not', () => {
    const people = [{ id: '1', role: 'admin', emails: ['ann@example.com'] }];
    expect(roleChanges(people, admins([' Ann@Example.com']))).toEqual([]);
    const [, ben] = admins([' Ann@Example.com', 'Ben']);
    expect(strangers(people, admins([' Ann@Example.com', 'Ben']))).toEqual([ben]);
  });

  test('leave a profile alone that was made for an administrator and has no identity yet', () => {
    const { id } = profileFor('ann');
    expect(roleChanges([{ id, role: 'admin', emails: [] }], admins(['ann']))).toEqual([]);
    expect(roleChanges([{ id, role: 'admin', emails: [] }], [])).toMatchObject([
      { profileId: id, role: null },
    ]);
  });

  test('are none the second time', () => {
    fc.assert(
      fc.property(profiles, fc.uniqueArray(identity), (people, administrators) => {
        expect(roleChanges(applied(people, administrators), admins(administrators))).toEqual([]);
      }),
    );
  });
});

describe('roles of groups', () => {
  const wanted = fc.uniqueArray(
    fc.record({ identity, role: fc.constantFrom('admin', 'viewer', 'support', null) }),
    { selector: (person) => person.identity },
  );

  test('are what everybody who is there ends with, the second time without a change', () => {
    fc.assert(
      fc.property(profiles, wanted, (people, all) => {
        const changes = roleChanges(people, all);
        const after = people.map((person) => {
          const change = changes.find(({ profileId }) => profileId === person.id);
          return change ? { ...person, role: change.role } : person;
        });
        for (const { role, emails } of after) {
          const own = all.find((person) => person.identity === emails[0]);
          if (own === undefined) expect(role).not.toBe('admin');
          else expect(role ?? null).toBe(own.role);
        }
        expect(roleChanges(after, all)).toEqual([]);
      }),
    );
  });

  test('of somebody with several identities are the one that makes them most', () => {
    const people = [{ id: '1', role: null, emails: ['ann', 'ben', 'cem'] }];
    const as = (...roles: (string | null)[]) =>
      ['ann', 'ben', 'cem'].map((each, n) => ({ identity: each, role: roles[n]! }));
    expect(roleChanges(people, as(null, 'viewer', 'admin'))).toMatchObject([{ role: 'admin' }]);
    expect(roleChanges(people, as(null, 'viewer', null))).toMatchObject([{ role: 'viewer' }]);
    expect(roleChanges(people, as(null, null, null))).toEqual([]);
  });
});

describe('names', () => {
  const named = [{ identity: 'sub-1', name: 'Ada Lovelace' }];
  const called = (displayName: string | null) => [{ id: '1', displayName, emails: ['sub-1'] }];

  test.each([[null], [''], ['sub-1']])('take the place of %j', (before) => {
    expect(nameChanges(called(before), named)).toEqual([{ profileId: '1', name: 'Ada Lovelace' }]);
  });

  test.each([['Ada'], ['Ada Lovelace']])('leave alone what people call themselves: %j', (before) => {
    expect(nameChanges(called(before), named)).toEqual([]);
  });

  test('are none for who has none, and for who is no longer known', () => {
    expect(nameChanges(called('sub-1'), [{ identity: 'sub-1' }])).toEqual([]);
    expect(nameChanges(called('sub-1'), [{ identity: 'sub-2', name: 'Bob' }])).toEqual([]);
  });
});

describe('administrators of a config', () => {
  const config = (definitions: object) => ({
    gateway: {
      auth: { identityScopes: { ann: ['operator.admin'], ben: ['operator.read'] } },
      roles: { default: 'member', definitions },
    },
  });

  test('are those whose grant says so', () => {
    expect(administratorsOf(config({ admin: {}, member: {} }))).toEqual(['ann']);
  });

  test('are none where the config has no such role', () => {
    expect(administratorsOf(config({ member: {} }))).toEqual([]);
    expect(administratorsOf({})).toEqual([]);
  });
});

describe('the profile for somebody who never logged in', () => {
  test('has a UUID, the same each time, another for everybody else', () => {
    const { id } = profileFor('Ann@Example.com');
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(profileFor('ann@example.com ').id).toBe(id);
    expect(profileFor('ben@example.com').id).not.toBe(id);
  });

  test('has their name, or the one that OpenClaw would give', () => {
    expect(profileFor('ann@example.com').displayName).toBe('ann');
    expect(profileFor('1b1deb4d-sub').displayName).toBe('1b1deb4d-sub');
    expect(profileFor('@odd').displayName).toBe('@odd');
    expect(profileFor('1b1deb4d-sub', 'Ada').displayName).toBe('Ada');
    expect(profileFor('1b1deb4d-sub', 'x'.repeat(300)).displayName).toHaveLength(256);
  });
});

test('somebody is known to have connected by what the gateway logs', () => {
  const log = [
    '{"level":"info","message":"authenticated user connected conn=1 user=ann"}',
    '{"level":"info","message":"ben said something"}',
  ];
  expect(connected(log, ['ann', 'ben'])).toEqual(['ann']);
});
