import { IamPolicyError } from './error.ts';

declare const resourceType: unique symbol;

/** The ARN, or ARN pattern, of a resource of type `T`. Made by the functions of a service, such as `s3.object()`. */
export type Arn<T extends string = string> = string & { readonly [resourceType]: T };

export type TypeOfArn<A extends Arn> = A[typeof resourceType];

/** `${AWS::Partition}` is what CloudFormation replaces; any other string must be a CDK token, such as `Aws.PARTITION`. */
export type Partition = 'aws' | 'aws-cn' | 'aws-us-gov' | '${AWS::Partition}' | (string & {});

interface InPartition {
  /** Default: `aws`. */
  readonly partition?: Partition;
}

/** Where a resource of an account in a Region lives. `*` is any. */
export interface Regional extends InPartition {
  readonly region: string;
  readonly account: string;
}

/** A resource that AWS owns: its ARN has no account. */
export interface AwsOwned extends InPartition {
  /** Default: `*`. Empty for the form that names no Region. */
  readonly region?: string;
  readonly account?: never;
}

/** A resource of an account whose ARN has no Region. */
export interface Global extends InPartition {
  readonly region?: never;
  readonly account: string;
}

/** A resource whose name is unique by itself: its ARN has neither Region nor account. */
export interface GloballyNamed extends InPartition {
  readonly region?: never;
  readonly account?: never;
}

type Parts = Readonly<Record<string, string | undefined>>;

/** A CDK token, or a pseudo parameter of CloudFormation: its value is known after deployment. */
const unresolved = /\$\{(?:Token\[[^\]]*\]|AWS::[A-Za-z]+)\}/g;
const placeholder = /\{(\w+)\}/g;
const forbidden = /[\s"\\]/;

const shapes: Readonly<Record<string, RegExp>> = {
  partition: /^(?:aws|aws-cn|aws-us-gov)$/,
  region: /^(?:[a-z]{2}(?:-[a-z]+)+-\d+|[a-z\d?*-]*[?*][a-z\d?*-]*)$/,
  account: /^(?:\d{12}|[\d?*]*[?*][\d?*]*)$/,
};

/**
 * An ARN of type `T` from its template, or a complete ARN (of a CDK resource, say) checked against the template.
 *
 * @throws IamPolicyError `ARN_PART_INVALID`, `ARN_MALFORMED`
 */
export function arn<T extends string>(type: T, template: string, from: string | object): Arn<T> {
  // oxlint-disable typescript/no-unsafe-type-assertion -- the functions of a service say which parts there are, and the brand is put on here
  const text =
    typeof from === 'string' ? complete(type, template, from) : fill(type, template, from as Parts);
  return text as Arn<T>;
  // oxlint-enable typescript/no-unsafe-type-assertion
}

function fill(type: string, template: string, parts: Parts): string {
  const awsOwned = !template.includes('{account}');
  return template.replace(placeholder, (_, name: string) => {
    const value =
      parts[name] ?? (name === 'partition' ? 'aws' : awsOwned && name === 'region' ? '*' : undefined);
    if (awsOwned && name === 'region' && value === '') return '';
    if (value === undefined || !isLegal(name, value)) {
      const given = value === undefined ? 'missing' : JSON.stringify(value);
      throw new IamPolicyError('ARN_PART_INVALID', `${type}: ${name} is ${given}. ${remedy(name)}`);
    }
    return value;
  });
}

function isLegal(name: string, value: string): boolean {
  const known = value.replace(unresolved, '');
  const shape = shapes[name];
  if (known === value && shape) return shape.test(value);
  // A part before the name must not bring in a colon: it would shift what follows it.
  return value !== '' && !forbidden.test(known) && !(shape && known.includes(':'));
}

function remedy(name: string): string {
  if (name === 'partition') return 'Give aws, aws-cn, aws-us-gov, ${AWS::Partition} or a CDK token.';
  if (name === 'region') return 'Give a Region such as eu-central-1, a pattern with *, or a CDK token.';
  if (name === 'account') return 'Give the 12 digits of an account, *, or a CDK token.';
  return 'Give a name or a pattern: not empty, no white space, quotes or backslashes.';
}

function complete(type: string, template: string, given: string): string {
  const known = given.replace(unresolved, '');
  if (known === given ? matches(template, given) : !forbidden.test(known)) return given;
  throw new IamPolicyError(
    'ARN_MALFORMED',
    `${JSON.stringify(given)} is not an ARN of ${type}. Its form is ${template}.`,
  );
}

function matches(template: string, given: string): boolean {
  const pattern = template
    .split(placeholder)
    .map((part, index) => (index % 2 === 0 ? part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') : group(part)))
    .join('');
  return new RegExp(`^${pattern}$`).test(given);
}

function group(name: string): string {
  const shape = shapes[name];
  return shape ? `(?:${shape.source.slice(1, -1)}${name === 'region' ? '|' : ''})` : String.raw`[^\s"\\]+`;
}
