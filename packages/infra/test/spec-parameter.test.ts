import { App, CfnParameter, Stack } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { describe, expect, test } from 'vitest';
import { SpecParameter } from '../src/parts/spec-parameter.ts';
import { flatten, podTemplate, scratch, specOf, theOne } from './example-pod.ts';

const mail = 'New mail from {{messages[0].from}}';

test('a template of OpenClaw arrives as it was written, and Parameter Store sees no two braces', () => {
  const config = {
    hooks: { mappings: [{ match: { path: 'mail' }, action: 'agent', messageTemplate: mail }] },
  };
  const template = podTemplate({ openclaw: { config: config as never } });
  expect(flatten(theOne(template, 'AWS::SSM::Parameter').properties['Value'])).not.toContain('{{');
  expect(specOf(template).openclaw.config['hooks']).toEqual(config.hooks);
});

const spec = (config: Record<string, unknown>) => ({
  apiVersion: 'clawharbor/v1' as const,
  name: 'pod',
  region: 'eu-central-1',
  openclaw: { version: '2026.9.6' as const, config: { gateway: { port: 5173 }, ...config } },
});

function valueOf(stack: Stack, config: Record<string, unknown>): string {
  new SpecParameter(stack, 'Spec', { parameterName: '/pod/spec', spec: spec(config) });
  const template = (stack.node.root as App).synth().getStackByName(stack.stackName).template as never;
  return flatten(theOne(template, 'AWS::SSM::Parameter').properties['Value']);
}

function newStack(id = 'Team') {
  const app = new App({
    outdir: scratch(),
    analyticsReporting: false,
    builtinCloudFormationValidation: false,
  });
  return new Stack(app, id);
}

describe('whatever braces a text has', () => {
  test.each([
    ['{{'],
    ['{{{'],
    ['{{{{a}}}}'],
    ['{ {'],
    ['\\{{'],
    ['\\\\{{'],
    ['"{{"'],
    [String.raw`\u007b{`],
    ['{{resolve:secretsmanager:pod:SecretString:key}}'],
    ['{{ssm:/pod/spec}}'],
  ])('%j is in the value, and is what the instance reads', (text) => {
    const value = valueOf(newStack(), { messages: { responsePrefix: text, [text]: [text] } });
    expect(value).not.toContain('{{');
    const config = { messages: { responsePrefix: text, [text]: [text] } };
    expect(JSON.parse(value)).toMatchObject(spec(config));
  });
});

test('values that only the deployment knows stay beside it, also those of another stack', () => {
  const stack = newStack();
  const other = new Stack(stack.node.root, 'Other');
  const bucket = new s3.Bucket(other, 'Bucket');
  const parameter = new CfnParameter(stack, 'Prefix');
  const text = `{{x}} ${parameter.valueAsString} {{y}} ${bucket.bucketName}`;
  const value = valueOf(stack, { messages: { responsePrefix: text } });
  const { openclaw } = JSON.parse(value) as ReturnType<typeof spec>;
  expect(openclaw.config).toMatchObject({
    messages: {
      responsePrefix: expect.stringMatching(/^\{\{x\}\} <Prefix> \{\{y\}\} <Other:.*Bucket.*>$/) as string,
    },
  });
});
