import type { PolicyJson } from '../../iam-policies/src/json.ts';
import type { Template } from '../src/index.ts';

/** A policy that hangs on a resource of the template, with every reference replaced by what it will be. */
export interface ResourcePolicy {
  /** Where it stands: type of the resource and property, as in `AWS::KMS::Key KeyPolicy`. */
  readonly place: string;
  readonly logicalId: string;
  readonly policy: PolicyJson;
}

export const account = '123456789012';
export const region = 'eu-central-1';

/** Policies of these are those of a caller: they name no principals. */
const identities =
  /^AWS::IAM::(Policy|ManagedPolicy|RolePolicy|UserPolicy|GroupPolicy|Role|User|Group) Polic/;

/** Every policy in the template that says who may do something with a resource, wherever it stands in it. */
export function resourcePolicies(template: Template): ResourcePolicy[] {
  return policies(template).filter(({ place }) => !identities.test(place));
}

/** The policies of the callers in the template: the role of the instance, and of whatever else there may be. */
export function identityPolicies(template: Template): PolicyJson[] {
  return policies(template)
    .filter(({ place }) => identities.test(place))
    .map(({ policy }) => policy);
}

function policies(template: Template): ResourcePolicy[] {
  return Object.entries(template.Resources).flatMap(([logicalId, { Type, Properties }]) =>
    documents(resolved(template, Properties), []).map(({ path, policy }) => ({
      place: `${Type} ${path.join('.')}`,
      logicalId,
      policy,
    })),
  );
}

/** Whatever has statements is a policy; some services take theirs as a text. */
function documents(value: unknown, path: string[]): { path: string[]; policy: PolicyJson }[] {
  if (typeof value === 'string' && value.includes('"Statement"')) return documents(JSON.parse(value), path);
  if (value === null || typeof value !== 'object') return [];
  if ('Statement' in value) return [{ path, policy: value as PolicyJson }];
  return Object.entries(value).flatMap(([key, item]) => documents(item, [...path, key]));
}

/** What CloudFormation will put in place of references, with the logical id as the id of each resource. */
function resolved(template: Template, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => resolved(template, item));
  // CDK writes the values of some conditions as numbers; IAM reads a text.
  if (typeof value === 'number') return String(value);
  if (value === null || typeof value !== 'object') return value;
  const [[name, argument] = []] = Object.entries(value);
  if (name === 'Ref') return referenced[argument as string] ?? argument;
  if (name === 'Fn::GetAtt') return attribute(template, argument as [string, string]);
  if (name === 'Fn::Join') {
    const [separator, parts] = argument as [string, unknown[]];
    const texts = parts.map((part) => resolved(template, part));
    return texts.every((text) => typeof text === 'string') ? texts.join(separator) : value;
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolved(template, item)]));
}

const referenced: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::AccountId': account,
  'AWS::Region': region,
  'AWS::URLSuffix': 'amazonaws.com',
};

function attribute({ Resources }: Template, [id, name]: [string, string]): unknown {
  const arn = name === 'Arn' ? arns[Resources[id]!.Type] : undefined;
  return arn?.(id) ?? { 'Fn::GetAtt': [id, name] };
}

const arns: Readonly<Record<string, (id: string) => string>> = {
  'AWS::IAM::Role': (id) => `arn:aws:iam::${account}:role/${id}`,
  'AWS::KMS::Key': (id) => `arn:aws:kms:${region}:${account}:key/${id}`,
  'AWS::S3::Bucket': (id) => `arn:aws:s3:::${id}`,
  'AWS::Cognito::UserPool': (id) => `arn:aws:cognito-idp:${region}:${account}:userpool/${id}`,
  'AWS::EFS::FileSystem': (id) => `arn:aws:elasticfilesystem:${region}:${account}:file-system/${id}`,
};
