import { Lazy, Stack, Token } from 'aws-cdk-lib';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { BootstrapError, parsePodSpec, type PodSpecInput } from '@clawharbor/bootstrap/spec';
import { Construct } from 'constructs';
import { InfraError } from '../errors.ts';
import { estimatedLength } from './token-length.ts';

export interface SpecParameterProps {
  /** Known before it exists: user data names it. */
  readonly parameterName: string;
  readonly spec: PodSpecInput;
}

/** Bytes of an advanced parameter: https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html */
const maximumBytes = 8192;

/** The pod spec, where the instance reads it: a new config is no change of the launch template. */
export class SpecParameter extends Construct {
  readonly parameter: ssm.CfnParameter;

  /** @throws InfraError `SPEC_INVALID`, `SPEC_TOO_LARGE` */
  constructor(scope: Construct, id: string, { parameterName, spec }: SpecParameterProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const value = withoutDoubleBraces(stack.toJsonString(valid(spec)));
    const bytes = estimatedLength(stack.resolve(value));
    if (bytes > maximumBytes) {
      throw new InfraError(
        'SPEC_TOO_LARGE',
        `The pod spec has about ${bytes} bytes, a parameter holds ${maximumBytes}. Shorten openclaw.config.`,
      );
    }
    this.parameter = new ssm.CfnParameter(this, 'Parameter', {
      name: parameterName,
      description: 'What an OpenClaw pod should be. Read by its instance.',
      type: 'String',
      // A parameter cannot go back to standard when the spec shrinks below 4 KB.
      tier: 'Advanced',
      value,
    });
  }
}

function valid(spec: PodSpecInput) {
  try {
    return parsePodSpec(spec, 'The pod spec');
  } catch (error) {
    if (!(error instanceof BootstrapError)) throw error;
    throw new InfraError('SPEC_INVALID', error.message, { cause: error });
  }
}

/**
 * Parameter Store refuses a value with `{{` in it, which templates of OpenClaw have, and CloudFormation takes `{{resolve:` for a
 * reference. In JSON two braces in a row stand in texts only, where one may be written as an escape.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
 */
function withoutDoubleBraces(json: string): string {
  const escaped = (part: unknown): unknown => {
    if (typeof part === 'string') return part.replace(/\{(?=\{)/g, String.raw`\u007b`);
    const join = (part as { 'Fn::Join'?: readonly [string, readonly unknown[]] } | null)?.['Fn::Join'];
    // What is no text of ours, such as a reference, is as it is.
    return join === undefined ? part : { 'Fn::Join': [join[0], join[1].map(escaped)] };
  };
  // Late, because what refers to another stack is known only when all are there.
  return Token.asString(Lazy.uncachedAny({ produce: (context) => escaped(context.resolve(json)) }));
}
