import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { administratorsOf, connected, roleChanges, type Profile } from '../src/openclaw/administrators.ts';

const identity = fc.constantFrom('ann', 'ben', 'cem', 'dia', 'eve');
const profiles: fc.Arbitrary<Profile[]> = fc
  .uniqueArray(fc.tuple(identity, fc.constantFrom('admin', 'member', null)), {
    selector: ([person]) => person,
  })
  .map((people) => people.map(([person, role]) => ({ id: `id-${person}`, role, emails: [person] })));

function applied(people: readonly Profile[], administrators: readonly string[]): Profile[] {
  const changes = roleChanges(people, administrators);
  return people.map((person) => {
    const change = changes.find(({ profileId }) => profileId === person.id);
    return change ? { ...person, role: change.role } : person;
  });
}

describe('role changes', () => {
  test('make exactly the wanted people administrators, of those who are there', () => {
    fc.assert(
      fc.property(profiles, fc.uniqueArray(identity), (people, administrators) => {
        const admins = applied(people, administrators).filter(({ role }) => role === 'admin');
        const there = people.map(({ emails }) => emails[0]);
        expect(admins.map(({ emails }) => String(emails[0])).toSorted()).toEqual(
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

  test('are none the second time', () => {
    fc.assert(
      fc.property(profiles, fc.uniqueArray(identity), (people, administrators) => {
        expect(roleChanges(applied(people, administrators), administrators)).toEqual([]);
      }),
    );
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

test('somebody is known to have connected by what the gateway logs', () => {
  const log = [
    '{"level":"info","message":"authenticated user connected conn=1 user=ann"}',
    '{"level":"info","message":"ben said something"}',
  ];
  expect(connected(log, ['ann', 'ben'])).toEqual(['ann']);
});
