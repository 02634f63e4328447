/** A template as if it were deployed: what CloudFormation would know of it then. */
import { StandInError } from '../errors.ts';

export interface StackIdentity {
  readonly region: string;
  /** 12 digits. */
  readonly account: string;
  readonly stackName: string;
}

/** What `Ref` and `Fn::GetAtt` answer for a resource. */
export interface Physical {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export type Attribute = string | number | readonly string[];

export interface Resource extends Physical {
  readonly logicalId: string;
  readonly type: string;
  /** Every function resolved, what is AWS::NoValue left out. */
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface Stack extends StackIdentity {
  readonly resources: readonly Resource[];
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** The resources of a type, in the order of the template. */
export function resourcesOf(stack: Stack, type: string): Resource[] {
  return stack.resources.filter((resource) => resource.type === type);
}

/** The one resource of a type. @throws StandInError TEMPLATE_INVALID when there is none, or more than one */
export function onlyResource(stack: Stack, type: string): Resource {
  const [found, ...others] = resourcesOf(stack, type);
  if (found !== undefined && others.length === 0) return found;
  throw new StandInError(
    'TEMPLATE_INVALID',
    `The template of ${stack.stackName} has ${others.length + (found ? 1 : 0)} resources of type ${type}; a pod has exactly one.`,
  );
}

/** The resource that a resolved value refers to, by `Ref` or by the attribute that identifies it. */
export function referredTo(stack: Stack, type: string, value: unknown): Resource {
  const found = resourcesOf(stack, type).find(
    ({ ref, attributes }) =>
      ref === value || Object.values(attributes).some((attribute) => attribute === value),
  );
  if (found !== undefined) return found;
  throw new StandInError(
    'TEMPLATE_INVALID',
    `The template of ${stack.stackName} has no ${type} that is ${String(value)}.`,
  );
}
