import { describe, expect, test } from 'vitest';
import { federatedGroups } from '../src/people/federated-groups.ts';

const providers = [
  { name: 'Corp', groups: { 'claw-admins': 'admins', 'claw, all': 'members' } },
  { name: 'Partner', groups: { 'claw-admins': 'viewers' } },
];

const groupsOf = (attributes: Readonly<Record<string, string>>) =>
  federatedGroups((name) => attributes[name], providers);
const by = (providerName: string) =>
  JSON.stringify([{ userId: '1', providerName, providerType: 'OIDC', primary: true }]);

describe('groups of a provider', () => {
  test.each([
    ['["claw-admins","others"]', ['admins']],
    ['["claw, all"]', ['members']],
    ['[claw-admins, others]', ['admins']],
    ['claw-admins,others', ['admins']],
    ['claw-admins', ['admins']],
    ['others', []],
    ['', []],
    ['[]', []],
    ['toString', []],
  ])('are read as %j', (text, expected) => {
    expect(groupsOf({ identities: by('Corp'), 'custom:groups': text })).toEqual(expected);
  });

  test('mean what they mean for that provider', () => {
    expect(groupsOf({ identities: by('Partner'), 'custom:groups': 'claw-admins' })).toEqual(['viewers']);
  });

  test.each([
    ['nobody who came by it', undefined],
    ['a provider that is not mapped', by('Other')],
    ['what is no list', 'Corp'],
    ['a list of something else', '["Corp"]'],
  ])('are none for %s, whatever the attribute says', (_, identities) => {
    const attributes = {
      'custom:groups': 'claw-admins',
      ...(identities === undefined ? {} : { identities }),
    };
    expect(groupsOf(attributes)).toEqual([]);
  });
});
