import { describe, expect, it } from 'vitest';
import type { PolicyJson, StatementJson } from '../src/json.ts';
import { decide, decideTogether, type Caller } from './evaluator.ts';

// The proofs are as good as the evaluator: here it is held against what AWS documents, example by example.
const policy = (...statements: Partial<StatementJson>[]): PolicyJson => ({
  Version: '2012-10-17',
  Statement: statements.map((statement) => ({
    Sid: 'S',
    Effect: 'Allow',
    Action: 's3:GetObject',
    Resource: '*',
    ...statement,
  })),
});
const request = { action: 's3:GetObject', resource: 'arn:aws:s3:::a/b', context: {} };

describe('the evaluation logic', () => {
  it('denies what nothing allows, allows what something allows, and lets an explicit deny win', () => {
    expect(decide([], request)).toBe('implicit deny');
    expect(decide([policy({})], request)).toBe('allow');
    expect(decide([policy({}), policy({ Effect: 'Deny' })], request)).toBe('explicit deny');
    expect(decide([policy({ Effect: 'Deny' }, {})], request)).toBe('explicit deny');
  });

  it.each([
    ['S3:getobject', true],
    ['s3:Get*', true],
    ['s3:GetObjec?', true],
    ['*', true],
    ['s3:Get', false],
    ['s3:GetObject?', false],
  ])('matches the action %s: %s', (action, matches) => {
    expect(decide([policy({ Action: action })], request) === 'allow').toBe(matches);
  });

  it.each([
    ['arn:aws:s3:::a/*', true],
    ['arn:aws:s3:::*', true],
    ['arn:*:s3:*:*:a/b', true],
    ['arn:aws:s3:::A/b', false],
    ['arn:aws:s3:::a', false],
    ['arn:aws:*/b', false],
  ])('matches the resource %s: %s, part by part', (resource, matches) => {
    expect(decide([policy({ Resource: resource })], request) === 'allow').toBe(matches);
  });

  const arn = 'arn:aws:iam::111122223333:role/a';
  it.each<[string, string | string[], string[] | undefined, boolean]>([
    ['StringEquals', ['x', 'y'], ['y'], true],
    ['StringEquals', 'x', undefined, false],
    ['StringEquals', 'x*', ['xy'], false],
    ['StringLike', 'x*', ['xy'], true],
    ['StringNotEquals', ['x', 'y'], ['y'], false],
    ['StringNotEquals', ['x', 'y'], ['z'], true],
    ['StringNotEquals', 'x', undefined, true],
    ['StringEqualsIfExists', 'x', undefined, true],
    ['StringEqualsIfExists', 'x', ['z'], false],
    ['StringEqualsIgnoreCase', 'X', ['x'], true],
    ['ForAnyValue:StringEquals', 'x', ['x', 'z'], true],
    ['ForAnyValue:StringEquals', 'x', undefined, false],
    ['ForAllValues:StringEquals', 'x', ['x', 'z'], false],
    ['ForAllValues:StringEquals', ['x', 'z'], ['x', 'z'], true],
    ['ForAllValues:StringEquals', 'x', undefined, true],
    ['ArnLike', 'arn:aws:iam::*:role/*', [arn], true],
    ['ArnEquals', 'arn:aws:*:role/a', [arn], false],
    ['Bool', 'true', ['true'], true],
    ['Bool', 'false', undefined, false],
    ['NumericEquals', '1.20', ['1.2'], true],
    ['NumericLessThan', '10', ['9'], true],
    ['DateLessThan', '2027-01-01T00:00:00Z', ['2026-12-31T23:59:59Z'], true],
    ['Null', 'true', undefined, true],
    ['Null', 'true', ['x'], false],
    ['Null', 'false', ['x'], true],
  ])('%s of %j holds for %j: %s', (operator, expected, actual, holds) => {
    const conditional = policy({ Condition: { [operator]: { 'aws:Key': expected } } });
    const context = actual ? { 'AWS:key': actual } : {};
    expect(decide([conditional], { ...request, context }) === 'allow').toBe(holds);
  });

  it('joins conditions by AND', () => {
    const both = policy({ Condition: { Bool: { a: 'true' }, StringEquals: { b: 'x' } } });
    expect(decide([both], { ...request, context: { a: ['true'], b: ['x'] } })).toBe('allow');
    expect(decide([both], { ...request, context: { a: ['true'] } })).toBe('implicit deny');
  });

  it('knows its limits', () => {
    expect(() => decide([policy({ Condition: { BinaryEquals: { a: 'x' } } })], request)).toThrow(
      /BinaryEquals/,
    );
  });
});

describe('the policy of a resource and that of a caller', () => {
  const account = '111122223333';
  const role: Caller = { kind: 'principal', account, arn: `arn:aws:iam::${account}:role/a` };
  const abroad: Caller = {
    kind: 'principal',
    account: '444455556666',
    arn: 'arn:aws:iam::444455556666:role/a',
  };
  const service: Caller = { kind: 'service', service: 'backup.amazonaws.com' };
  const nobody: Caller = { kind: 'anonymous' };
  const itself = { AWS: role.arn };
  const root = { AWS: `arn:aws:iam::${account}:root` };
  const yes = [policy({})];
  const no = [policy({ Effect: 'Deny' })];

  it.each<[string, Caller, PolicyJson[], Partial<StatementJson>[], boolean, string]>([
    ['in the account its own policy suffices', role, yes, [], true, 'allow'],
    ['so does that of the resource', role, [], [{ Principal: itself }], true, 'allow'],
    ['neither: denied', role, [], [], true, 'implicit deny'],
    [
      'a deny of the resource wins',
      role,
      yes,
      [{ Principal: { AWS: '*' }, Effect: 'Deny' }],
      true,
      'explicit deny',
    ],
    ['a deny of its own wins', role, no, [{ Principal: itself }], true, 'explicit deny'],
    ['to name the account gives nothing by itself', role, [], [{ Principal: root }], true, 'implicit deny'],
    ['the number of an account is the account', role, yes, [{ Principal: { AWS: account } }], false, 'allow'],
    ['a key asks its own policy in any case', role, yes, [], false, 'implicit deny'],
    ['which may leave it to the account', role, yes, [{ Principal: root }], false, 'allow'],
    ['or name the role', role, [], [{ Principal: itself }], false, 'allow'],
    ['from another account it takes both', abroad, yes, [{ Principal: { AWS: abroad.arn } }], true, 'allow'],
    ['not the resource alone', abroad, [], [{ Principal: { AWS: abroad.arn } }], true, 'implicit deny'],
    ['not the caller alone', abroad, yes, [], true, 'implicit deny'],
    [
      'the account of the resource is not that of others',
      abroad,
      yes,
      [{ Principal: root }],
      true,
      'implicit deny',
    ],
    ['a service has no policy of its own', service, yes, [], true, 'implicit deny'],
    ['a service is named', service, [], [{ Principal: { Service: service.service } }], true, 'allow'],
    [
      'another service is not',
      service,
      [],
      [{ Principal: { Service: 'ec2.amazonaws.com' } }],
      true,
      'implicit deny',
    ],
    ['nobody in particular is among all', nobody, [], [{ Principal: '*' }], true, 'allow'],
    ['and among nobody else', nobody, yes, [{ Principal: itself }], true, 'implicit deny'],
  ])('%s', (_, caller, identity, statements, identitySuffices, decision) => {
    const guarded = { policy: policy(...statements), account, identitySuffices };
    expect(decideTogether(caller, identity, guarded, request)).toBe(decision);
  });

  it('knows the caller by its ARN and its account', () => {
    const others = {
      Principal: { AWS: '*' },
      Effect: 'Deny' as const,
      Condition: { ArnNotEquals: { 'aws:PrincipalArn': role.arn } },
    };
    const guarded = { policy: policy(others), account, identitySuffices: true };
    expect(decideTogether(role, yes, guarded, request)).toBe('allow');
    expect(decideTogether({ ...role, arn: `${role.arn}b` }, yes, guarded, request)).toBe('explicit deny');
    // Without the key a negated operator holds.
    expect(decideTogether(nobody, [], guarded, request)).toBe('explicit deny');
  });
});
