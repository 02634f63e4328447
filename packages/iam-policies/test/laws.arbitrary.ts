// oxlint-disable typescript/no-unsafe-type-assertion -- what is said here is chosen at run time
import * as fc from 'fast-check';
import {
  allow,
  anyone,
  awsPrincipal,
  deny,
  type IdentityStatement,
  type ResourceStatement,
} from '../src/index.ts';
import * as s3 from '../src/catalogue/s3.ts';
import type { Request } from './evaluator.ts';

/** A small world in which everything a statement can say about S3 objects also occurs in some request. */
const actions = [s3.GetObject, s3.PutObject, s3.DeleteObject] as const;
const buckets = ['alpha', 'beta', '*'] as const;
const keys = ['one', 'two', '*'] as const;
const callers = ['111122223333', '444455556666', '*'] as const;

/** A condition that a statement may have, and what it means, told without JSON. */
interface Condition {
  readonly key: string;
  readonly operator: string;
  /** Values that it may have, at least one of them. */
  readonly values: readonly (string | number | boolean)[];
  readonly holds: (values: Condition['values'], actual: readonly string[] | undefined) => boolean;
}

const conditions: readonly Condition[] = [
  {
    key: 's3:TlsVersion',
    operator: 'NumericEquals',
    values: [2, 3],
    holds: (values, actual) => actual !== undefined && values.includes(Number(actual[0])),
  },
  {
    key: 's3:TlsVersion',
    operator: 'NumericLessThanIfExists',
    values: [2, 3],
    holds: (values, actual) =>
      actual === undefined || values.some((value) => Number(actual[0]) < Number(value)),
  },
  {
    key: 'aws:userid',
    operator: 'Null',
    values: [true, false],
    holds: (values, actual) => values.includes(actual === undefined),
  },
  {
    key: 'aws:userid',
    operator: 'StringNotEquals',
    values: ['ann', 'bob'],
    holds: (values, actual) => actual === undefined || !values.includes(actual[0]!),
  },
  {
    key: 'aws:SecureTransport',
    operator: 'Bool',
    values: [true, false],
    holds: (values, actual) => actual !== undefined && values.includes(actual[0] === 'true'),
  },
  {
    key: 'aws:PrincipalArn',
    operator: 'ArnLike',
    values: ['arn:aws:iam::*:role/pod', 'arn:aws:iam::*:role/*'],
    holds: (values, actual) =>
      actual !== undefined && (actual[0]!.endsWith(':role/pod') || String(values).includes('role/*')),
  },
  {
    key: 'aws:CalledVia',
    operator: 'ForAnyValue:StringEquals',
    values: ['a', 'b'],
    holds: (values, actual) => actual !== undefined && actual.some((via) => values.includes(via)),
  },
  {
    key: 'aws:CalledVia',
    operator: 'ForAllValues:StringEquals',
    values: ['a', 'b'],
    holds: (values, actual) => actual === undefined || actual.every((via) => values.includes(via)),
  },
];

const contexts: readonly Request['context'][] = [
  {},
  { 's3:TlsVersion': ['1'], 'aws:SecureTransport': ['true'], 'aws:CalledVia': ['a', 'b'] },
  { 's3:TlsVersion': ['2'], 'aws:userid': ['ann'], 'aws:PrincipalArn': ['arn:aws:iam::1:role/pod'] },
  { 's3:TlsVersion': ['3'], 'aws:userid': ['bob'], 'aws:SecureTransport': ['false'] },
  { 'aws:userid': ['cid'], 'aws:PrincipalArn': ['arn:aws:iam::1:role/other'], 'aws:CalledVia': ['a'] },
  { 's3:TlsVersion': ['2'], 'aws:SecureTransport': ['true'], 'aws:CalledVia': ['b', 'c'] },
];

/** What a statement says, before this package writes it down. */
export interface Saying {
  readonly sid: string;
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly (typeof actions)[number][];
  readonly objects: readonly { readonly bucket: string; readonly key: string }[];
  readonly conditions: readonly Condition[];
  /** Accounts, in the policy of a resource. */
  readonly callers: readonly string[];
}

const nonEmpty = <T>(values: readonly T[]) => fc.subarray([...values], { minLength: 1 });

const objects = nonEmpty(buckets.flatMap((bucket) => keys.map((key) => ({ bucket, key }))));

/** Mostly none: statements that differ in nothing but their actions or resources must occur, to be merged. */
const someConditions = fc.oneof(
  { weight: 2, arbitrary: fc.constant([]) },
  {
    weight: 3,
    arbitrary: fc
      .subarray([...conditions], { minLength: 1, maxLength: 3 })
      .chain((chosen) =>
        fc.tuple(
          ...chosen.map((condition) =>
            nonEmpty(condition.values).map((values) => ({ ...condition, values })),
          ),
        ),
      ),
  },
);

function sayingOf(said: fc.Arbitrary<readonly string[]>): fc.Arbitrary<Saying> {
  return fc.record({
    sid: fc.constantFrom('Read', 'Write', 'Read2', 'Guard'),
    effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
    actions: nonEmpty(actions),
    objects,
    conditions: someConditions,
    callers: said,
  });
}

/** Of the policy of a role. */
export const saying = sayingOf(fc.constant([]));
export const sayings = fc.array(saying, { minLength: 1, maxLength: 6 });
/** Of the policy of a resource. */
export const resourceSayings = fc.array(sayingOf(nonEmpty(callers)), { minLength: 1, maxLength: 6 });

/** The statement, by the public builder. */
export function stated(said: Saying): IdentityStatement {
  return built(said);
}

/** The statement of the policy of a resource. */
export function statedOfResource(said: Saying): ResourceStatement {
  const [caller, ...otherCallers] = said.callers.map((one) => (one === '*' ? anyone : awsPrincipal(one)));
  return built(said).by(caller!, ...otherCallers);
}

function built({ sid, effect, actions: said, objects: of, conditions: on }: Saying) {
  // Which actions, the compiler cannot know; all of them accept objects.
  const [action, ...otherActions] = said as [typeof s3.GetObject, ...(typeof s3.GetObject)[]];
  const start = effect === 'Allow' ? allow(sid, action, ...otherActions) : deny(sid, action, ...otherActions);
  const [object, ...otherObjects] = of.map((parts) => s3.object(parts));
  const placed = start.on(object!, ...otherObjects);
  type Untyped = typeof placed & { when(key: string, operator: string, ...values: unknown[]): Untyped };
  return on.reduce(
    (statement, { key, operator, values }) => statement.when(key, operator, ...values),
    placed as Untyped,
  );
}

/** Every request of the small world. */
export const requests: readonly Request[] = actions.flatMap((action) =>
  ['alpha/one', 'beta/two', 'gamma/one', 'alpha/four'].flatMap((object) =>
    contexts.flatMap((context) =>
      ['111122223333', '777788889999'].map((caller) => ({
        action,
        resource: `arn:aws:s3:::${object}`,
        context,
        caller,
      })),
    ),
  ),
);

/** Whether the saying speaks of the request, told without JSON, ARNs or patterns. */
export function speaksOf(said: Saying, request: Request): boolean {
  const [bucket, key] = request.resource.replace('arn:aws:s3:::', '').split('/');
  return (
    said.actions.some((action) => action === request.action) &&
    said.objects.some(
      (object) =>
        (object.bucket === '*' || object.bucket === bucket) && (object.key === '*' || object.key === key),
    ) &&
    said.conditions.every((condition) => condition.holds(condition.values, request.context[condition.key])) &&
    (said.callers.length === 0 || said.callers.some((caller) => caller === '*' || caller === request.caller))
  );
}
