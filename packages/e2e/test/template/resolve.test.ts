import { describe, expect, it } from 'vitest';
import { addressIn, resolveTemplate, type ResolveOptions } from '../../src/template/index.ts';

const identity = { region: 'eu-central-1', account: '111122223333', stackName: 'Team' };

/** Resolves one value as an output. */
function resolve(value: unknown, template: object = {}, options: Partial<ResolveOptions> = {}): unknown {
  const resources = { Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'assets' } } };
  return resolveTemplate(
    { Resources: resources, ...template, Outputs: { It: { Value: value } } },
    { ...identity, ...options },
  ).outputs['It'];
}

const code = (expected: string) => expect.objectContaining({ code: expected });

describe('a function', () => {
  it.each([
    ['Ref of a resource', { Ref: 'Bucket' }, 'assets'],
    ['Ref of a pseudo parameter', { Ref: 'AWS::AccountId' }, '111122223333'],
    ['Fn::GetAtt', { 'Fn::GetAtt': ['Bucket', 'Arn'] }, 'arn:aws:s3:::assets'],
    ['Fn::GetAtt with a dot', { 'Fn::GetAtt': 'Bucket.DomainName' }, 'assets.s3.amazonaws.com'],
    ['Fn::Join', { 'Fn::Join': ['-', ['a', { Ref: 'AWS::Region' }, 3]] }, 'a-eu-central-1-3'],
    ['Fn::Split', { 'Fn::Split': ['/', 'a/b'] }, ['a', 'b']],
    ['Fn::Select', { 'Fn::Select': ['1', { 'Fn::Split': ['/', 'a/b'] }] }, 'b'],
    [
      'Fn::Base64',
      { 'Fn::Base64': { 'Fn::Sub': 'in ${AWS::Region}' } },
      Buffer.from('in eu-central-1').toString('base64'),
    ],
    [
      'Fn::Sub',
      { 'Fn::Sub': '${Bucket} ${Bucket.Arn} ${!Literal} ${AWS::URLSuffix}' },
      'assets arn:aws:s3:::assets ${Literal} amazonaws.com',
    ],
    [
      'Fn::Sub with variables',
      { 'Fn::Sub': ['${x}-${Bucket}', { x: { Ref: 'AWS::StackName' } }] },
      'Team-assets',
    ],
    ['Fn::GetAZs', { 'Fn::Select': [1, { 'Fn::GetAZs': '' }] }, 'eu-central-1b'],
    ['Fn::Cidr', { 'Fn::Cidr': ['10.0.0.0/16', 3, 8] }, ['10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/24']],
    [
      'Fn::Cidr of IPv6',
      { 'Fn::Select': [3, { 'Fn::Cidr': ['2001:db8:1:ff00::/56', 4, 64] }] },
      '2001:db8:1:ff03::/64',
    ],
    ['Fn::FindInMap', { 'Fn::FindInMap': ['Sizes', { Ref: 'AWS::Region' }, 'small'] }, 't4g.small'],
    ['Fn::If', { 'Fn::If': ['Here', 'yes', 'no'] }, 'yes'],
    ['Fn::If of conditions', { 'Fn::If': ['Neither', 'yes', { Ref: 'AWS::Partition' }] }, 'aws'],
    [
      'AWS::NoValue in a list and an object',
      [1, { Ref: 'AWS::NoValue' }, { a: { Ref: 'AWS::NoValue' }, b: 2 }],
      [1, { b: 2 }],
    ],
    ['an object that only looks like a function', { Ref: 'x', Other: 1 }, { Ref: 'x', Other: 1 }],
  ])('%s', (_, value, expected) => {
    const template = {
      Mappings: { Sizes: { 'eu-central-1': { small: 't4g.small' } } },
      Conditions: {
        Here: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-central-1'] },
        There: { 'Fn::Not': [{ Condition: 'Here' }] },
        Neither: {
          'Fn::And': [
            { Condition: 'Here' },
            { 'Fn::Or': [{ Condition: 'There' }, { 'Fn::Equals': ['a', 'b'] }] },
          ],
        },
      },
    };
    expect(resolve(value, template)).toEqual(expected);
  });

  it.each([
    [{ 'Fn::ImportValue': 'Other' }, 'TEMPLATE_UNRESOLVED'],
    [{ 'Fn::Transform': { Name: 'AWS::Include' } }, 'TEMPLATE_UNSUPPORTED'],
    [{ Ref: 'Nobody' }, 'TEMPLATE_INVALID'],
    [{ 'Fn::GetAtt': ['Bucket', 'Colour'] }, 'TEMPLATE_UNRESOLVED'],
    [{ 'Fn::GetAtt': ['toString', 'Arn'] }, 'TEMPLATE_INVALID'],
    [{ 'Fn::Select': [2, ['a', 'b']] }, 'TEMPLATE_INVALID'],
    [{ 'Fn::Join': ['-', 'text'] }, 'TEMPLATE_INVALID'],
    [{ 'Fn::Cidr': ['10.0.0.0/24', 3, 8] }, 'TEMPLATE_INVALID'],
    [{ 'Fn::FindInMap': ['a', 'b', 'c'] }, 'TEMPLATE_INVALID'],
    [{ 'Fn::If': ['Unknown', 1, 2] }, 'TEMPLATE_INVALID'],
    [{ 'Fn::Sub': '${Bucket.Colour}' }, 'TEMPLATE_UNRESOLVED'],
  ])('%j is %s, and says where', (value, expected) => {
    expect(() => resolve({ deep: [value] })).toThrow(code(expected));
    expect(() => resolve({ deep: [value] })).toThrow(/Outputs\.It > deep/);
  });
});

describe('a parameter', () => {
  const parameters = {
    Size: { Type: 'Number', Default: 3 },
    Zones: { Type: 'CommaDelimitedList', Default: 'a, b' },
    Image: {
      Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>',
      Default: '/aws/service/ami-amazon-linux-latest/x',
    },
    Stored: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/team/colour' },
    Open: { Type: 'String' },
  };
  const of = (name: string, options: Partial<ResolveOptions> = {}) =>
    resolve({ Ref: name }, { Parameters: parameters }, options);

  it('has its default, or the given value', () => {
    expect(of('Size')).toBe('3');
    expect(of('Size', { parameters: { Size: '5' } })).toBe('5');
    expect(of('Zones')).toEqual(['a', 'b']);
    expect(of('Image')).toMatch(/^ami-[0-9a-f]{17}$/);
    expect(of('Stored', { ssmParameters: { '/team/colour': 'green' } })).toBe('green');
  });

  it('that nobody gave a value is an error only where it is used', () => {
    expect(() => of('Open')).toThrow(code('TEMPLATE_UNRESOLVED'));
    expect(() => of('Stored')).toThrow(code('TEMPLATE_UNRESOLVED'));
    expect(of('Size')).toBe('3');
  });
});

describe('a resource', () => {
  it('has the same ids each time, and others in another stack', () => {
    const resources = {
      Vpc: { Type: 'AWS::EC2::VPC' },
      Key: { Type: 'AWS::KMS::Key' },
      Role: { Type: 'AWS::IAM::Role' },
    };
    const ids = (stackName: string) =>
      resolveTemplate({ Resources: resources }, { ...identity, stackName }).resources.map(({ ref }) => ref);
    expect(ids('Team')).toEqual(ids('Team'));
    expect(ids('Team')).toEqual([
      expect.stringMatching(/^vpc-[0-9a-f]{17}$/),
      expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      expect.stringMatching(/^Team-Role-[0-9A-F]{12}$/),
    ]);
    expect(ids('Other')).not.toEqual(ids('Team'));
  });

  it('takes ids from outside, and keeps the other attributes', () => {
    const options = { physical: { Bucket: { ref: 'mine' } } };
    expect(resolve([{ Ref: 'Bucket' }, { 'Fn::GetAtt': ['Bucket', 'Arn'] }], {}, options)).toEqual([
      'mine',
      'arn:aws:s3:::assets',
    ]);
  });

  it('of an unknown type matters only to who refers to it', () => {
    const template = {
      Resources: { Odd: { Type: 'AWS::Odd::Thing', Properties: { Size: { Ref: 'AWS::Region' } } } },
    };
    expect(resolveTemplate(template, identity).resources[0]?.properties).toEqual({ Size: 'eu-central-1' });
    expect(() => resolve({ Ref: 'Odd' }, template)).toThrow(code('TEMPLATE_UNRESOLVED'));
    expect(resolve({ Ref: 'Odd' }, template, { physical: { Odd: { ref: 'odd-1' } } })).toBe('odd-1');
  });

  it('whose condition does not hold is not there', () => {
    const template = {
      Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
      Resources: { Topic: { Type: 'AWS::SNS::Topic', Condition: 'Never' } },
    };
    expect(resolveTemplate(template, identity).resources).toEqual([]);
    expect(() => resolve({ Ref: 'Topic' }, template)).toThrow(code('TEMPLATE_INVALID'));
  });

  it('must not refer to itself', () => {
    const template = {
      Resources: {
        A: { Type: 'AWS::SSM::Parameter', Properties: { Name: { Ref: 'B' } } },
        B: { Type: 'AWS::SSM::Parameter', Properties: { Name: { Ref: 'A' } } },
      },
    };
    expect(() => resolveTemplate(template, identity)).toThrow(/refers to itself/);
  });
});

it('a template must be one', () => {
  expect(() => resolveTemplate({ Resource: {} }, identity)).toThrow(code('TEMPLATE_INVALID'));
  expect(() => resolveTemplate('Resources: {}', identity)).toThrow(code('TEMPLATE_INVALID'));
});

it('an address stands at its place in the block', () => {
  expect(addressIn('10.0.2.0/24', 10)).toBe('10.0.2.10');
  expect(addressIn('10.0.2.77/24', 300)).toBe('10.0.3.44');
  expect(addressIn('2001:db8::/64', 5)).toBe('2001:db8:0:0:0:0:0:5');
});
