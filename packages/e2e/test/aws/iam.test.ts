import { describe, expect, it } from 'vitest';
import { evaluate, type PolicyDocument } from '../../src/aws/index.ts';

const parameter = 'arn:aws:ssm:eu-central-1:111122223333:parameter/pod/spec';

function decide(
  statement: PolicyDocument['Statement'],
  context: Record<string, string> = {},
  action = 'ssm:GetParameter',
) {
  return evaluate([{ Version: '2012-10-17', Statement: statement }], {
    action,
    resource: parameter,
    context,
  });
}

describe('a policy', () => {
  it('allows only what it names', () => {
    expect(decide({ Effect: 'Allow', Action: 'ssm:GetParameter', Resource: parameter })).toBe('allowed');
    expect(decide({ Effect: 'Allow', Action: 'SSM:Get*', Resource: '*' })).toBe('allowed');
    expect(decide({ Effect: 'Allow', Action: 'ssm:GetParameters', Resource: '*' })).toBe('implicit-deny');
    expect(decide({ Effect: 'Allow', Action: 'ssm:*', Resource: `${parameter}/*` })).toBe('implicit-deny');
    expect(decide({ Effect: 'Allow', Action: 'ssm:*', Resource: parameter.replace('spec', 'sp?c') })).toBe(
      'allowed',
    );
    expect(decide({ Effect: 'Allow', Action: 'ssm:*', Resource: parameter.replace('pod', 'po.') })).toBe(
      'implicit-deny',
    );
    expect(decide([])).toBe('implicit-deny');
  });

  it('denies in spite of any allow', () => {
    const everything = { Effect: 'Allow', Action: '*', Resource: '*' } as const;
    expect(decide([everything, { Effect: 'Deny', Action: 'ssm:*', Resource: '*' }])).toBe('explicit-deny');
    expect(decide([everything, { Effect: 'Deny', NotAction: 'ssm:GetParameter', Resource: '*' }])).toBe(
      'allowed',
    );
    expect(decide([everything, { Effect: 'Deny', Action: '*', NotResource: 'arn:aws:s3:::*' }])).toBe(
      'explicit-deny',
    );
  });

  it('is refused loudly where it would have to be guessed', () => {
    const unsupported = expect.objectContaining({ code: 'POLICY_UNSUPPORTED' });
    const allow = { Effect: 'Allow', Action: '*', Resource: '*' } as const;
    expect(() => decide({ ...allow, Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } })).toThrow(
      unsupported,
    );
    expect(() =>
      decide({ ...allow, Condition: { 'ForAnyValue:StringEquals': { 'aws:TagKeys': 'a' } } }),
    ).toThrow(unsupported);
    expect(() => decide({ ...allow, Resource: 'arn:aws:s3:::${aws:PrincipalTag/x}' })).toThrow(unsupported);
    expect(() => decide({ Effect: 'Allow', Action: '*' })).toThrow(unsupported);
    // @ts-expect-error an identity-based policy names no principal
    expect(() => decide({ ...allow, Principal: '*' })).toThrow(unsupported);
    // @ts-expect-error what CloudFormation did not resolve
    expect(() => decide({ ...allow, Resource: { Ref: 'X' } })).toThrow(unsupported);
  });
});

describe('a condition', () => {
  const holds = (
    condition: Record<string, Record<string, string | string[] | boolean>>,
    context: Record<string, string> = {},
  ) => decide({ Effect: 'Allow', Action: '*', Resource: '*', Condition: condition }, context) === 'allowed';

  it.each<[string, Record<string, string | string[] | boolean>, Record<string, string>, boolean]>([
    ['StringEquals', { 'aws:Region': ['a', 'b'] }, { 'aws:region': 'b' }, true],
    ['StringEquals', { k: 'a' }, { k: 'A' }, false],
    ['StringEqualsIgnoreCase', { k: 'a' }, { k: 'A' }, true],
    ['StringLike', { k: 'pod-*' }, { k: 'pod-1' }, true],
    ['StringLike', { k: 'pod-*' }, {}, false],
    ['StringLikeIfExists', { k: 'pod-*' }, {}, true],
    ['StringNotEquals', { k: ['a', 'b'] }, { k: 'b' }, false],
    ['StringNotEquals', { k: 'a' }, {}, true],
    ['StringNotLike', { k: 'a*' }, { k: 'b' }, true],
    ['ArnLike', { k: 'arn:aws:ec2:*:1:instance/*' }, { k: 'arn:aws:ec2:eu:1:instance/i-1' }, true],
    ['ArnLike', { k: 'arn:*:instance/*' }, { k: 'arn:aws:ec2:eu:1:instance/i-1' }, false],
    ['ArnNotLike', { k: 'arn:aws:ec2:*:1:*' }, { k: 'arn:aws:ec2:eu:1:instance/i-1' }, false],
    ['Bool', { 'aws:SecureTransport': true }, { 'aws:SecureTransport': 'true' }, true],
    ['Bool', { 'aws:SecureTransport': false }, { 'aws:SecureTransport': 'true' }, false],
    ['Null', { k: true }, {}, true],
    ['Null', { k: true }, { k: 'x' }, false],
  ])('%s %j of %j is %s', (operator, keys, context, expected) => {
    expect(holds({ [operator]: keys }, context)).toBe(expected);
  });

  it('holds only as a whole', () => {
    const both = { StringEquals: { a: '1' }, Bool: { b: 'true' } };
    expect(holds(both, { a: '1', b: 'true' })).toBe(true);
    expect(holds(both, { a: '1', b: 'false' })).toBe(false);
  });
});
