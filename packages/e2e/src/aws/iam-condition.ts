/** Condition operators: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
import { StandInError } from '../errors.ts';

type Test = (actual: string, expected: string) => boolean;

const positive: Readonly<Record<string, Test>> = {
  StringEquals: (actual, expected) => actual === expected,
  StringEqualsIgnoreCase: (actual, expected) => actual.toLowerCase() === expected.toLowerCase(),
  StringLike: (actual, expected) => matches(expected, actual),
  ArnEquals: arnMatches,
  ArnLike: arnMatches,
  Bool: (actual, expected) => actual.toLowerCase() === expected.toLowerCase(),
};

const negative: Readonly<Record<string, Test>> = {
  StringNotEquals: (actual, expected) => actual === expected,
  StringNotLike: (actual, expected) => matches(expected, actual),
  ArnNotEquals: arnMatches,
  ArnNotLike: arnMatches,
};

/**
 * Whether one key of a condition block holds. A missing key fails a positive operator and satisfies a negative one,
 * and `...IfExists` lets it pass in either case.
 * @throws StandInError POLICY_UNSUPPORTED for an operator that is not implemented: guessing would prove nothing
 */
export function conditionHolds(
  operator: string,
  actual: string | undefined,
  expected: readonly string[],
): boolean {
  if (operator === 'Null') return expected.includes(String(actual === undefined));
  const ifExists = operator.endsWith('IfExists');
  const name = ifExists ? operator.slice(0, -'IfExists'.length) : operator;
  const isPositive = Object.hasOwn(positive, name);
  const test = isPositive ? positive[name] : Object.hasOwn(negative, name) ? negative[name] : undefined;
  if (test === undefined) {
    throw new StandInError('POLICY_UNSUPPORTED', `Condition operator ${operator} is not evaluated here`);
  }
  if (actual === undefined) return ifExists || !isPositive;
  return expected.some((value) => test(actual, value)) === isPositive;
}

/** `*` stands for any characters, `?` for one. */
export function matches(pattern: string, text: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
}

/** Each of the six parts of an ARN is compared on its own. */
function arnMatches(actual: string, pattern: string): boolean {
  const parts = arnParts(pattern);
  const others = arnParts(actual);
  return parts.length === others.length && parts.every((part, index) => matches(part, others[index] ?? ''));
}

function arnParts(arn: string): string[] {
  const parts = arn.split(':');
  return [...parts.slice(0, 5), parts.slice(5).join(':')];
}
