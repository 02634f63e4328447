/** The intrinsic functions: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html */
import * as z from 'zod';
import { cidrBlocks } from './cidr.ts';
import type { Attribute } from './stack.ts';

/** What a function may ask of the template that it stands in. */
export interface Evaluation {
  readonly region: string;
  /** Resolves what is inside. */
  evaluate(value: unknown): unknown;
  ref(name: string): unknown;
  attribute(logicalId: string, name: string): Attribute;
  condition(name: string): boolean;
  mapping(map: string, top: string, second: string): unknown;
  fail(code: 'TEMPLATE_INVALID' | 'TEMPLATE_UNRESOLVED' | 'TEMPLATE_UNSUPPORTED', problem: string): never;
}

type Apply = (argument: unknown, evaluation: Evaluation) => unknown;

/** A function whose argument is resolved first, and must then have this shape. */
function resolved<Schema extends z.ZodType>(
  schema: Schema,
  apply: (argument: z.output<Schema>, evaluation: Evaluation) => unknown,
): Apply {
  return (argument, evaluation) =>
    apply(parse(schema, evaluation.evaluate(argument), evaluation), evaluation);
}

/** A function that looks at its argument as it is written. */
function written<Schema extends z.ZodType>(
  schema: Schema,
  apply: (argument: z.output<Schema>, evaluation: Evaluation) => unknown,
): Apply {
  return (argument, evaluation) => apply(parse(schema, argument, evaluation), evaluation);
}

function parse<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  evaluation: Evaluation,
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  return evaluation.fail('TEMPLATE_INVALID', `not what the function takes: ${z.prettifyError(parsed.error)}`);
}

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const conditions = z.array(z.unknown()).min(1).max(10);

export const functions: Readonly<Record<string, Apply>> = {
  Ref: written(z.string(), (name, evaluation) => evaluation.ref(name)),
  Condition: written(z.string(), (name, evaluation) => evaluation.condition(name)),
  'Fn::GetAtt': written(
    z.union([
      z.tuple([z.string(), z.string()]),
      z.string().transform((text): [string, string] => {
        const dot = text.indexOf('.');
        return [text.slice(0, dot), text.slice(dot + 1)];
      }),
    ]),
    ([logicalId, name], evaluation) => evaluation.attribute(logicalId, name),
  ),
  'Fn::Join': resolved(z.tuple([z.string(), z.array(scalar)]), ([separator, parts]) => parts.join(separator)),
  'Fn::Split': resolved(z.tuple([z.string(), z.string()]), ([separator, text]) => text.split(separator)),
  'Fn::Select': resolved(
    z.tuple([z.coerce.number().int().min(0), z.array(z.unknown())]),
    ([index, list], evaluation) =>
      index < list.length
        ? list[index]
        : evaluation.fail('TEMPLATE_INVALID', `there is no item ${index} of ${list.length}`),
  ),
  'Fn::Base64': resolved(z.string(), (text) => Buffer.from(text).toString('base64')),
  'Fn::Sub': written(
    z.union([
      z.string().transform((text) => [text, {}] as const),
      z.tuple([z.string(), z.record(z.string(), z.unknown())]),
    ]),
    ([text, variables], evaluation) => substitute(text, variables, evaluation),
  ),
  'Fn::GetAZs': resolved(z.string(), (region, evaluation) =>
    ['a', 'b', 'c'].map((zone) => `${region === '' ? evaluation.region : region}${zone}`),
  ),
  'Fn::Cidr': resolved(
    z.union([
      z.tuple([z.string(), z.coerce.number().int().min(1).max(256), z.coerce.number().int().min(1).max(128)]),
      z
        .tuple([z.string(), z.coerce.number().int().min(1).max(256)])
        .transform(([block, count]) => [block, count, 8] as const),
    ]),
    ([block, count, bits], evaluation) =>
      cidrBlocks(block, count, bits) ??
      evaluation.fail('TEMPLATE_INVALID', `${block} does not hold ${count} blocks of ${bits} bits`),
  ),
  'Fn::FindInMap': resolved(
    z.tuple([z.string(), z.string(), z.string()]),
    ([map, top, second], evaluation) => {
      const found = evaluation.mapping(map, top, second);
      return (
        found ?? evaluation.fail('TEMPLATE_INVALID', `there is no ${map}.${top}.${second} among the mappings`)
      );
    },
  ),
  'Fn::If': written(z.tuple([z.string(), z.unknown(), z.unknown()]), ([name, yes, no], evaluation) =>
    evaluation.evaluate(evaluation.condition(name) ? yes : no),
  ),
  'Fn::Equals': resolved(z.tuple([scalar, scalar]), ([left, right]) => left === right),
  'Fn::Not': resolved(z.tuple([z.boolean()]), ([condition]) => !condition),
  'Fn::And': written(conditions, (all, evaluation) => all.every((one) => evaluation.evaluate(one) === true)),
  'Fn::Or': written(conditions, (all, evaluation) => all.some((one) => evaluation.evaluate(one) === true)),
  'Fn::ImportValue': (_, evaluation) =>
    evaluation.fail(
      'TEMPLATE_UNRESOLVED',
      'Fn::ImportValue takes a value of another stack, which is not deployed here',
    ),
};

function substitute(
  text: string,
  variables: Readonly<Record<string, unknown>>,
  evaluation: Evaluation,
): string {
  return text.replaceAll(/\$\{([^}]*)\}/g, (_, inside: string) => {
    if (inside.startsWith('!')) return `\${${inside.slice(1)}}`;
    const dot = inside.indexOf('.');
    const value = Object.hasOwn(variables, inside)
      ? evaluation.evaluate(variables[inside])
      : dot < 0
        ? evaluation.ref(inside)
        : evaluation.attribute(inside.slice(0, dot), inside.slice(dot + 1));
    const plain = scalar.safeParse(value);
    return plain.success
      ? plain.data
      : evaluation.fail('TEMPLATE_INVALID', `\${${inside}} is not a single value`);
  });
}
