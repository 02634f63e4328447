import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Lazy, Stack, Token } from 'aws-cdk-lib';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { BootstrapError, parsePodSpec, storedSpec, type PodSpecInput } from '@clawharbor/bootstrap/spec';
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

/**
 * The pod spec, where the instance reads it: a new config is no change of the launch template. What a parameter cannot hold of
 * the config lies beside it, as an asset that it names by its hash.
 */
export class SpecParameter extends Construct {
  readonly parameter: ssm.CfnParameter;
  /** The part of the config that a parameter cannot hold; undefined where it holds all. */
  readonly configObject: Asset | undefined;

  /** @throws InfraError `SPEC_INVALID`, `SPEC_TOO_LARGE` */
  constructor(scope: Construct, id: string, { parameterName, spec }: SpecParameterProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const written = (content: unknown) => withoutDoubleBraces(stack.toJsonString(content));
    const length = (text: string) => estimatedLength(stack.resolve(text));
    const whole = valid(spec);
    let value = written(whole);
    if (length(value) > maximumBytes) {
      const elsewhere = Object.entries(whole.openclaw.config)
        .filter(([, part]) => isKnown(part))
        .map(([key]) => key);
      const content = JSON.stringify(
        Object.fromEntries(elsewhere.map((key) => [key, whole.openclaw.config[key]])),
      );
      this.configObject = this.asset(content);
      const { s3BucketName: bucket, s3ObjectKey: key } = this.configObject;
      value = written(storedSpec(whole, elsewhere, { bucket, key, sha256: sha256(content) }));
    }
    const bytes = length(value);
    if (bytes > maximumBytes) {
      throw new InfraError(
        'SPEC_TOO_LARGE',
        `The pod spec has about ${bytes} bytes, a parameter holds ${maximumBytes}, and what is left has values in it that only the ` +
          'deployment knows. Name fewer of these in openclaw.config.',
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
    this.node.defaultChild = this.parameter;
  }

  private asset(content: string): Asset {
    const folder = mkdtempSync(join(tmpdir(), 'clawharbor-config-'));
    try {
      const path = join(folder, 'config.json');
      writeFileSync(path, content);
      // Copied into the assembly at once.
      return new Asset(this, 'Config', { path });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

/** Whether synth knows all of it: an asset is written before anything is deployed. */
function isKnown(value: unknown): boolean {
  if (typeof value === 'string') return !Token.isUnresolved(value);
  if (typeof value === 'number') return !Token.isUnresolved(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, part]) => isKnown(key) && isKnown(part));
}

function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex');
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
    const joined = (part as { 'Fn::Join'?: readonly [string, readonly unknown[]] } | null)?.['Fn::Join'];
    // What is no text of ours, such as a reference, is as it is.
    return joined === undefined ? part : { 'Fn::Join': [joined[0], joined[1].map(escaped)] };
  };
  // Late, because what refers to another stack is known only when all are there.
  return Token.asString(Lazy.uncachedAny({ produce: (context) => escaped(context.resolve(json)) }));
}
