/** Types of condition keys, as the Service Authorization Reference names them. */
export type KeyType =
  | 'ARN'
  | 'Bool'
  | 'Date'
  | 'IPAddress'
  | 'Numeric'
  | 'String'
  | 'ArrayOfARN'
  | 'ArrayOfBool'
  | 'ArrayOfString';

type StringOperator =
  | 'StringEquals'
  | 'StringNotEquals'
  | 'StringEqualsIgnoreCase'
  | 'StringNotEqualsIgnoreCase'
  | 'StringLike'
  | 'StringNotLike';
type NumericOperator =
  | 'NumericEquals'
  | 'NumericNotEquals'
  | 'NumericLessThan'
  | 'NumericLessThanEquals'
  | 'NumericGreaterThan'
  | 'NumericGreaterThanEquals';
type DateOperator =
  | 'DateEquals'
  | 'DateNotEquals'
  | 'DateLessThan'
  | 'DateLessThanEquals'
  | 'DateGreaterThan'
  | 'DateGreaterThanEquals';
type ArnOperator = 'ArnEquals' | 'ArnLike' | 'ArnNotEquals' | 'ArnNotLike';

interface Operators {
  ARN: ArnOperator;
  Bool: 'Bool';
  Date: DateOperator;
  IPAddress: 'IpAddress' | 'NotIpAddress';
  Numeric: NumericOperator;
  String: StringOperator;
}

/** A key with many values needs a set operator: without one IAM compares in a way that surprises. */
type OfMany<Operator extends string> = `ForAnyValue:${Operator}` | `ForAllValues:${Operator}`;
type OrMissing<Operator extends string> = Operator | `${Operator}IfExists`;

/**
 * Operators that fit a key of this type, each also with `IfExists`; `Null` fits every key.
 * {@link https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html}
 */
export type OperatorFor<T> =
  | 'Null'
  | (T extends `ArrayOf${infer Item extends keyof Operators}`
      ? OrMissing<OfMany<Operators[Item]>>
      : T extends keyof Operators
        ? OrMissing<Operators[T]>
        : never);

/** Values that an operator compares with. */
export type ValueFor<Operator extends string> = Operator extends 'Null' | `${string}Bool${string}`
  ? boolean
  : Operator extends `${string}Numeric${string}`
    ? number
    : Operator extends `${string}Date${string}`
      ? Date
      : string;

/** Operator → key → values, sorted: the form in which conditions are compared and written. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** The value as IAM reads it; undefined for what is none, such as NaN or an invalid date. */
export function conditionValue(value: unknown): string | undefined {
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? undefined : value.toISOString().replace('.000Z', 'Z');
  }
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined;
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? value : undefined;
}
