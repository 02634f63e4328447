import { IamPolicyError } from './errors.ts';
import { hasEmptyPart, written } from './names.ts';
import { isPartition, partitionOf, regionShape, type KnownPartition } from './partitions.ts';
import { token, withoutTokens } from './token.ts';

declare const resourceType: unique symbol;

/** The ARN, or ARN pattern, of a resource of type `T`. Made by the functions of a service, such as `s3.object()`. */
export type Arn<T extends string = string> = string & { readonly [resourceType]: T };

export type TypeOfArn<A extends Arn> = A[typeof resourceType];

/** `${AWS::Partition}` is what CloudFormation replaces; any other string must be a CDK token, such as `Aws.PARTITION`. */
export type Partition = KnownPartition | '${AWS::Partition}' | (string & {});

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

const placeholder = /\{(\w+)\}/g;
const variable = /\$\{[^}]*\}/g;
const forbidden = /[\s"\\]/;

const regionPattern = /^[a-z\d?*-]*[?*][a-z\d?*-]*$/;

/** Parts that stand before the name in every ARN, and what they may be. */
const shapes: Readonly<Record<string, (value: string) => boolean>> = {
  partition: isPartition,
  region: (value) => regionShape.test(value) || regionPattern.test(value),
  account: (value) => /^(?:\d{12}|[\d?*]*[?*][\d?*]*)$/.test(value),
};

/** Forms that what belongs to another type fits too, and how it gives itself away. */
const foreign: readonly (readonly [form: RegExp, sign: RegExp])[] = [
  // A parameter's name has no empty part: this one matches nothing.
  [/:parameter\/\{\w+\}$/, /:parameter\/\//],
  // A bucket has no slash in its name: what has one is an object.
  [/:s3:::\{\w+\}$/, /\//],
  [/:log-group:\{\w+\}$/, /:log-stream:/],
];

/**
 * An ARN of type `T` from its template, or a complete ARN (of a CDK resource, say) checked against the template.
 *
 * @throws IamPolicyError `ARN_PART_INVALID`, `ARN_MALFORMED`
 */
export function arn<T extends string>(type: T, template: string, from: string | object): Arn<T> {
  // oxlint-disable typescript/no-unsafe-type-assertion -- the functions of a service say which parts there are, and the brand is put on here
  const text = typeof from === 'string' ? from : fill(type, template, from as Parts);
  if (!isComplete(template, text)) {
    throw new IamPolicyError(
      'ARN_MALFORMED',
      `${JSON.stringify(text)} is not an ARN of ${type}. Its form is ${template}, with a Region of its partition.`,
    );
  }
  return text as Arn<T>;
  // oxlint-enable typescript/no-unsafe-type-assertion
}

function fill(type: string, template: string, parts: Parts): string {
  return template.replace(placeholder, (_, name: string) => {
    const given =
      parts[name] ?? (name === 'partition' ? 'aws' : mayLackRegion(template, name) ? '*' : undefined);
    if (given === '' && mayLackRegion(template, name)) return '';
    const value = typeof given === 'string' ? written(type, name, given) : given;
    if (!isLegal(name, value) || hasEmptyPart(type, name, value)) {
      const shown = given === undefined ? 'missing' : JSON.stringify(given);
      throw new IamPolicyError('ARN_PART_INVALID', `${type}: ${name} is ${shown}. ${remedy(name)}`);
    }
    return value;
  });
}

/** What AWS owns has no account in its ARN, and there is a form without a Region. */
function mayLackRegion(template: string, name: string): boolean {
  return name === 'region' && !template.includes('{account}');
}

function isLegal(name: string, value: unknown): value is string {
  if (typeof value !== 'string') return false;
  const known = withoutTokens(value);
  const shape = shapes[name];
  if (known === value && shape) return shape(value);
  // A part before the name must not bring in a colon: it would shift what follows it.
  return value !== '' && !forbidden.test(known) && !(shape && known.includes(':'));
}

function remedy(name: string): string {
  if (name === 'partition')
    return 'Give aws, aws-cn, aws-us-gov, aws-eusc, one of aws-iso…, ${AWS::Partition} or a CDK token.';
  if (name === 'region') return 'Give a Region such as eu-central-1, a pattern with *, or a CDK token.';
  if (name === 'account') return 'Give the 12 digits of an account as text, *, or a CDK token.';
  return 'Give a name or a pattern: not empty, no white space, quotes, backslashes, nor two slashes in a row.';
}

/** A text that begins with a token may be any ARN; of every other one the parts are compared. */
function isComplete(template: string, given: string): boolean {
  const known = withoutTokens(given);
  // IAM variables have colons and slashes of their own.
  const literal = known.replace(variable, '');
  if (foreign.some(([form, sign]) => form.test(template) && sign.test(literal))) return false;
  if (given.search(token) === 0) return !forbidden.test(known);
  const [form, parts] = [partsOf(template), partsOf(given)];
  return (
    form.header.every((part, index) => headerFits(template, part, parts.header[index])) &&
    resourceFits(form.resource, parts.resource) &&
    regionFits(parts.header[1]!, parts.header[3]!)
  );
}

/** `arn`, partition, service, Region, account; and the resource, which may have colons of its own. */
function partsOf(text: string): { readonly header: readonly string[]; readonly resource: string } {
  // Colons within braces, as in `${AWS::Partition}`, separate nothing.
  const parts = text.split(/:(?![^{]*\})/);
  return { header: parts.slice(0, 5), resource: parts.slice(5).join(':') };
}

function headerFits(template: string, form: string, part: string | undefined): boolean {
  const [, name] = /^\{(\w+)\}$/.exec(form) ?? [];
  if (name === undefined) return part === form;
  return isLegal(name, part) || (part === '' && mayLackRegion(template, name));
}

function resourceFits(form: string, resource: string): boolean {
  if (forbidden.test(withoutTokens(resource))) return false;
  const start = resource.search(token);
  if (start >= 0) {
    // What follows a token may be anything of it: what stands before it must begin as the form does.
    const [given, wanted] = [resource.slice(0, start), form.split('{')[0]!];
    return given.startsWith(wanted) || wanted.startsWith(given);
  }
  const pattern = form
    .split(placeholder)
    .map((part, index) => (index % 2 === 0 ? part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') : '.+'))
    .join('');
  return new RegExp(`^${pattern}$`).test(resource);
}

/** Whether a literal Region is one of the literal partition. */
function regionFits(partition: string, region: string): boolean {
  const home = partitionOf(region);
  return !isPartition(partition) || home === undefined || home === partition;
}
