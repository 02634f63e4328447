/**
 * Resolves a template as a deployment would, without AWS.
 * Functions: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 * Pseudo parameters: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html
 * Dynamic references (`{{resolve:...}}`) stay as they are.
 */
import { createHash } from 'node:crypto';
import { StandInError } from '../errors.ts';
import { functions, type Evaluation } from './functions.ts';
import { physicalOf } from './physical.ts';
import type { Attribute, Physical, Resource, Stack, StackIdentity } from './stack.ts';
import { parseTemplate, type Template } from './template.ts';

export interface ResolveOptions extends StackIdentity {
  /** Values of template parameters. Default: theirs. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Values of the SSM parameters that template parameters name. AWS's public AMI parameters need none. */
  readonly ssmParameters?: Readonly<Record<string, string>>;
  /** Ids and attributes to use instead of made ones, by logical id; attributes that are left out are still made. */
  readonly physical?: Readonly<Record<string, Partial<Physical>>>;
}

/** Marks what is to be left out: AWS::NoValue. */
const noValue = Symbol('AWS::NoValue');

/** @throws StandInError TEMPLATE_INVALID, TEMPLATE_UNRESOLVED, TEMPLATE_UNSUPPORTED, each with the path to the value */
export function resolveTemplate(template: unknown, options: ResolveOptions): Stack {
  return new Resolver(parseTemplate(template), options).stack();
}

class Resolver implements Evaluation {
  readonly #template: Template;
  readonly #options: ResolveOptions;
  readonly #physical = new Map<string, Physical>();
  readonly #properties = new Map<string, unknown>();
  /** What is being resolved, outermost first: finds cycles, and says where an error is. */
  readonly #path: string[] = [];

  constructor(template: Template, options: ResolveOptions) {
    this.#template = template;
    this.#options = options;
  }

  get region(): string {
    return this.#options.region;
  }

  stack(): Stack {
    const { region, account, stackName } = this.#options;
    const resources = Object.entries(this.#template.Resources)
      .filter(([, { Condition }]) => this.#exists(Condition))
      .map(([logicalId, { Type: type, Properties }]): Resource => {
        const resolved = Object.keys(Properties).map((name) => [name, this.#property(logicalId, name)]);
        const properties = Object.fromEntries(resolved.filter(([, value]) => value !== noValue));
        // A type that is not in the table matters only to somebody who refers to it.
        const known = this.#lookUp(logicalId) ?? { ref: logicalId, attributes: {} };
        return { logicalId, type, properties, ...known };
      });
    const outputs = Object.entries(this.#template.Outputs)
      .filter(([, { Condition }]) => this.#exists(Condition))
      .map(([name, { Value }]) => [name, this.#within(`Outputs.${name}`, () => this.evaluate(Value))]);
    return { region, account, stackName, resources, outputs: Object.fromEntries(outputs) };
  }

  evaluate(value: unknown): unknown {
    if (Array.isArray(value))
      return value.map((item) => this.evaluate(item)).filter((item) => item !== noValue);
    if (typeof value !== 'object' || value === null) return value;
    const [[key, argument] = ['', undefined], ...others] = Object.entries(value);
    if (others.length === 0) {
      const apply = Object.hasOwn(functions, key) ? functions[key] : undefined;
      if (apply !== undefined) return this.#within(key, () => apply(argument, this));
      if (key.startsWith('Fn::')) {
        this.fail('TEMPLATE_UNSUPPORTED', `${key} is not resolved here`);
      }
    }
    const entries = Object.entries(value).map(([name, child]) => [
      name,
      this.#within(name, () => this.evaluate(child)),
    ]);
    return Object.fromEntries(entries.filter(([, child]) => child !== noValue));
  }

  ref(name: string): unknown {
    const { region, account, stackName } = this.#options;
    switch (name) {
      case 'AWS::AccountId':
        return account;
      case 'AWS::NoValue':
        return noValue;
      case 'AWS::NotificationARNs':
        return [];
      case 'AWS::Partition':
        return 'aws';
      case 'AWS::Region':
        return region;
      case 'AWS::StackId':
        return `arn:aws:cloudformation:${region}:${account}:stack/${stackName}/${digest(stackName, 8)}`;
      case 'AWS::StackName':
        return stackName;
      case 'AWS::URLSuffix':
        return 'amazonaws.com';
      default:
        return Object.hasOwn(this.#template.Parameters, name)
          ? this.#parameter(name)
          : this.#resource(name).ref;
    }
  }

  attribute(logicalId: string, name: string): Attribute {
    const { attributes } = this.#resource(logicalId);
    const value = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
    if (value !== undefined) return value;
    const type = this.#template.Resources[logicalId]?.Type;
    return this.fail(
      'TEMPLATE_UNRESOLVED',
      `${logicalId} (${type}) has no attribute ${name} that is known here`,
    );
  }

  condition(name: string): boolean {
    if (!Object.hasOwn(this.#template.Conditions, name)) {
      this.fail('TEMPLATE_INVALID', `there is no condition ${name}`);
    }
    return this.#within(`Conditions.${name}`, () => this.evaluate(this.#template.Conditions[name]) === true);
  }

  mapping(map: string, top: string, second: string): unknown {
    return this.#template.Mappings[map]?.[top]?.[second];
  }

  fail(code: 'TEMPLATE_INVALID' | 'TEMPLATE_UNRESOLVED' | 'TEMPLATE_UNSUPPORTED', problem: string): never {
    throw new StandInError(
      code,
      `Template of ${this.#options.stackName}, ${this.#path.join(' > ')}: ${problem}.`,
    );
  }

  #exists(condition: string | undefined): boolean {
    return condition === undefined || this.condition(condition);
  }

  #parameter(name: string): unknown {
    const { parameters = {}, ssmParameters = {} } = this.#options;
    const { Type: type, Default: fallback } = this.#template.Parameters[name] ?? { Type: 'String' };
    const given = parameters[name] ?? fallback;
    if (given === undefined)
      return this.fail('TEMPLATE_UNRESOLVED', `parameter ${name} has no value and no default`);
    let value = given;
    if (type.startsWith('AWS::SSM::Parameter::Value<')) {
      const ami = given.startsWith('/aws/service/') && type.includes('AWS::EC2::Image::Id');
      const stored = ssmParameters[given] ?? (ami ? `ami-${digest(given, 17)}` : undefined);
      if (stored === undefined) {
        return this.fail(
          'TEMPLATE_UNRESOLVED',
          `parameter ${name} is SSM parameter ${given}, whose value is not given`,
        );
      }
      value = stored;
    }
    return /List</.test(type) || type === 'CommaDelimitedList'
      ? value.split(',').map((item) => item.trim())
      : value;
  }

  #resource(logicalId: string): Physical {
    const { Resources } = this.#template;
    const resource = Object.hasOwn(Resources, logicalId) ? Resources[logicalId] : undefined;
    if (resource === undefined || !this.#exists(resource.Condition)) {
      return this.fail('TEMPLATE_INVALID', `there is no resource or parameter ${logicalId}`);
    }
    const known = this.#lookUp(logicalId);
    if (known !== undefined) return known;
    return this.fail(
      'TEMPLATE_UNRESOLVED',
      `resources of type ${resource.Type} (${logicalId}) have no ids here`,
    );
  }

  #lookUp(logicalId: string): Physical | undefined {
    const done = this.#physical.get(logicalId);
    if (done !== undefined) return done;
    const { region, account, stackName, physical = {} } = this.#options;
    const made = physicalOf(this.#template.Resources[logicalId]?.Type ?? '', {
      region,
      account,
      stackName,
      logicalId,
      property: (name) => this.#property(logicalId, name),
    });
    const given = physical[logicalId];
    const ref = given?.ref ?? made?.ref;
    if (ref === undefined) return undefined;
    const known = { ref, attributes: { ...made?.attributes, ...given?.attributes } };
    this.#physical.set(logicalId, known);
    return known;
  }

  /** Each property is resolved once, when it is first needed: a name may stand in the way of its own policy otherwise. */
  #property(logicalId: string, name: string): unknown {
    const key = `${logicalId}.${name}`;
    if (!this.#properties.has(key)) {
      const value = this.#template.Resources[logicalId]?.Properties[name];
      this.#properties.set(
        key,
        this.#within(`Resources.${key}`, () => this.evaluate(value)),
      );
    }
    return this.#properties.get(key);
  }

  #within<T>(step: string, resolve: () => T): T {
    if (step.startsWith('Resources.') && this.#path.includes(step)) {
      this.fail('TEMPLATE_INVALID', `${step} refers to itself`);
    }
    this.#path.push(step);
    const result = resolve();
    this.#path.pop();
    return result;
  }
}

function digest(text: string, length: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}
