import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, type Stack } from 'aws-cdk-lib';
import { Template as Assertions } from 'aws-cdk-lib/assertions';
import {
  podConfigSchema,
  PodStack,
  type PodConfigInput,
  type Resource,
  type Template,
} from '../src/index.ts';

export const bundle = new URL('./fixtures/bundle.mjs', import.meta.url).pathname;

export const admin = '6f1c2a34-5b67-4c89-9d01-23456789abcd';

export const exampleConfig = {
  account: '123456789012',
  region: 'eu-central-1',
  domain: {
    hostedZone: { id: 'Z0123456789ABCDEFGHIJ', name: 'example.com' },
    names: ['openclaw.example.com', 'chat.example.com'],
  },
  openclaw: { admins: [admin] },
} satisfies PodConfigInput;

/** An app that leaves nothing behind, and checks nothing. */
export function scratchApp(): App {
  return new App({ outdir: scratch(), analyticsReporting: false, builtinCloudFormationValidation: false });
}

/** A directory that goes away with the test run. */
export function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), 'clawharbor-infra-'));
  directories.push(directory);
  return directory;
}

const directories: string[] = [];
process.once('exit', () => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

/** A stack with the example pod, open to be tampered with. */
export function podStack(overrides: Partial<PodConfigInput> = {}): PodStack {
  const config = podConfigSchema.parse({ ...exampleConfig, ...overrides });
  const app = new App({
    outdir: scratch(),
    analyticsReporting: false,
    builtinCloudFormationValidation: false,
  });
  return new PodStack(app, 'Pod', { config, bundle });
}

export function templateOf(stack: Stack): Template {
  return Assertions.fromStack(stack).toJSON() as unknown as Template;
}

export function podTemplate(overrides: Partial<PodConfigInput> = {}): Template {
  return templateOf(podStack(overrides));
}

export function resourcesOf({ Resources }: Template, type: string): [id: string, resource: Resource][] {
  return Object.entries(Resources).filter(([, resource]) => resource.Type === type);
}

/** The one resource of a type, with its properties. */
export function theOne(template: Template, type: string) {
  const found = resourcesOf(template, type);
  if (found.length !== 1) throw new Error(`expected one ${type}, found ${found.length}`);
  const [id, resource] = found[0]!;
  return { id, resource, properties: resource.Properties as Record<string, unknown> };
}

/** The one bucket of a part of the pod: there is one of backups, and one of access logs. */
export function bucketOf(template: Template, part: 'Backups' | 'AccessLogs') {
  const ofPart = Object.entries(template.Resources).filter(
    ([id, { Type }]) => Type !== 'AWS::S3::Bucket' || id.startsWith(`Pod${part}`),
  );
  return theOne({ ...template, Resources: Object.fromEntries(ofPart) }, 'AWS::S3::Bucket');
}

/** A text with references, with each of them written as `<Name>`. */
export function flatten(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || typeof value !== 'object') return String(value);
  const [name, argument] = Object.entries(value)[0] as [string, unknown];
  if (name === 'Fn::Join') return (argument as [string, unknown[]])[1].map(flatten).join('');
  if (name === 'Fn::Base64') return flatten(argument);
  return `<${Array.isArray(argument) ? argument.join('.') : String(argument)}>`;
}

/** The pod spec in the template. */
export function specOf(template: Template): {
  readonly openclaw: { readonly version: string; readonly config: Record<string, unknown> };
  readonly [key: string]: unknown;
} {
  return JSON.parse(flatten(theOne(template, 'AWS::SSM::Parameter').properties['Value']));
}
