import { groupBy } from './group.ts';
import type { Principal } from './principal.ts';
import type { Effect, StatementContent } from './statement.ts';

type OneOrMany = string | readonly string[];

/** A policy document as IAM reads it. */
export interface PolicyJson {
  readonly Version: '2012-10-17';
  readonly Statement: readonly StatementJson[];
}

export interface StatementJson {
  readonly Sid: string;
  readonly Effect: Effect;
  readonly Principal?: '*' | Readonly<Record<string, OneOrMany>>;
  readonly Action: OneOrMany;
  readonly Resource?: OneOrMany;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, OneOrMany>>>>;
}

export function policyJson(statements: readonly StatementContent[]): PolicyJson {
  return { Version: '2012-10-17', Statement: statements.map(statementJson) };
}

export function statementJson(statement: StatementContent): StatementJson {
  const { sid, effect, actions, resources, principals, conditions } = statement;
  return {
    Sid: sid,
    Effect: effect,
    ...(principals.length > 0 ? { Principal: principalJson(principals) } : {}),
    Action: oneOrMany(actions),
    ...(resources.length > 0 ? { Resource: oneOrMany(resources) } : {}),
    ...(Object.keys(conditions).length > 0 ? { Condition: conditionJson(conditions) } : {}),
  };
}

function principalJson(principals: readonly Principal[]): Record<string, OneOrMany> {
  const byType = groupBy(principals, (principal) => principal.type);
  return Object.fromEntries(
    [...byType].map(([type, group]) => [type, oneOrMany(group.map((principal) => principal.id))]),
  );
}

function conditionJson(
  conditions: StatementContent['conditions'],
): Record<string, Record<string, OneOrMany>> {
  return mapSorted(conditions, (keys) => mapSorted(keys, oneOrMany));
}

function mapSorted<T, U>(record: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(
    Object.entries(record)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => [key, map(value)]),
  );
}

function oneOrMany(values: readonly string[]): OneOrMany {
  // A copy: what becomes of the JSON does not change the document.
  return values.length === 1 ? values[0]! : [...values];
}
