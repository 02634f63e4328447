import type { People, Person } from '@clawharbor/openclaw-plugin/people';
import { describe, expect, test } from 'vitest';
import { groupAdministrators, rolePlan, wantedPeople } from '../src/people/wanted-people.ts';
import { parsePodSpec } from '../src/spec/parse.ts';

const ada = '0f7c3b1e-0000-4000-8000-000000000001';
const bob = '0f7c3b1e-0000-4000-8000-000000000002';
const eve = '0f7c3b1e-0000-4000-8000-000000000003';
const groups = [
  { name: 'admins', role: 'admin' },
  { name: 'support', role: 'support' },
  { name: 'members', role: 'member' },
];

const specOf = (login: object, administrators: readonly string[] = []) =>
  parsePodSpec(
    {
      apiVersion: 'clawharbor/v1',
      name: 'test',
      region: 'eu-central-1',
      login: { userPool: 'eu-central-1_Pool', client: 'client', url: 'https://login.example.com', ...login },
      openclaw: {
        version: '2026.9.6',
        config: {
          gateway: {
            port: 5173,
            auth: {
              identityScopes: Object.fromEntries(administrators.map((each) => [each, ['operator.admin']])),
            },
            roles: { default: 'member', definitions: { member: {}, admin: {}, support: {} } },
          },
        },
      },
    },
    'the test',
  );
const listOf = (...people: (Partial<Person> & { sub: string })[]): People => ({
  version: 1,
  checkedAt: 0,
  people: people.map((each) => ({ name: each.sub, groups: [], ...each })),
});

describe('without groups', () => {
  test('everybody who is in is known by name, and has whichever role they have', () => {
    const list = listOf({ sub: ada, name: 'Ada' }, { sub: bob }, { sub: eve, name: 'Eve', out: 'disabled' });
    expect(wantedPeople(specOf({}), list)).toEqual([{ identity: ada, name: 'Ada' }, { identity: bob }]);
    expect(rolePlan(specOf({}))).toBeUndefined();
  });

  test('administrators are those of the spec, also before the user pool was heard of', () => {
    expect(wantedPeople(specOf({}, [ada]), undefined)).toEqual([{ identity: ada, role: 'admin' }]);
    expect(wantedPeople(specOf({}, [ada]), listOf({ sub: ada, name: 'Ada' }))).toEqual([
      { identity: ada, role: 'admin', name: 'Ada' },
    ]);
  });
});

describe('with groups', () => {
  const list = listOf(
    { sub: ada, groups: ['members', 'admins'] },
    { sub: bob, groups: ['support', 'members'] },
    { sub: eve, groups: ['members'] },
  );

  test('the first of them that somebody is in gives the role, the default one as none of their own', () => {
    expect(wantedPeople(specOf({ groups }), list)).toEqual([
      { identity: ada, role: 'admin' },
      { identity: bob, role: 'support' },
      { identity: eve, role: null },
    ]);
  });

  test('its administrators need the scope, too, and those of the spec have it already', () => {
    expect(groupAdministrators(specOf({ groups }), list)).toEqual([ada]);
    expect(groupAdministrators(specOf({ groups }, [ada]), list)).toEqual([]);
    expect(groupAdministrators(specOf({}), list)).toEqual([]);
    expect(groupAdministrators(specOf({ groups }), undefined)).toEqual([]);
  });

  test('who is out is no administrator by them', () => {
    const out = listOf({ sub: ada, groups: ['admins'], out: 'disabled' });
    expect(groupAdministrators(specOf({ groups }), out)).toEqual([]);
  });

  test('the plugin is told the same', () => {
    expect(rolePlan(specOf({ groups }, [eve]))).toEqual({
      default: 'member',
      groups,
      people: { [eve]: 'admin' },
    });
  });
});
