import { describe, expect, it } from 'vitest';
import type { PolicyJson, StatementJson } from '../src/json.ts';
import { decide } from './evaluator.ts';

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
