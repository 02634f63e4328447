/** What a stack stores: parameters, secrets, DNS records. */
import * as z from 'zod';
import type { SecretDefinition } from '../aws/secrets-manager.ts';
import { StandInError } from '../errors.ts';
import { generateSecretString } from './generate-secret-string.ts';
import { read } from './read.ts';
import { referredTo, resourcesOf, type Stack } from './stack.ts';

export interface ParameterResource {
  readonly name: string;
  readonly value: string;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-parameter.html */
export function parameters(stack: Stack): ParameterResource[] {
  return resourcesOf(stack, 'AWS::SSM::Parameter').map((resource) => ({
    name: resource.ref,
    value: read(z.object({ Value: z.string() }), resource).Value,
  }));
}

/** The parameter whose value is a pod spec. @throws StandInError TEMPLATE_INVALID unless there is exactly one */
export function specParameter(stack: Stack): ParameterResource {
  const [found, ...others] = parameters(stack).filter(({ value }) =>
    /^\{\s*"apiVersion"\s*:\s*"clawharbor\//.test(value),
  );
  if (found !== undefined && others.length === 0) return found;
  throw new StandInError(
    'TEMPLATE_INVALID',
    `The template of ${stack.stackName} must have one SSM parameter with a pod spec; it has ${found === undefined ? 0 : others.length + 1}.`,
  );
}

const secretSchema = z.object({
  Name: z.string().optional(),
  KmsKeyId: z.string().optional(),
  SecretString: z.string().optional(),
  GenerateSecretString: z.unknown().optional(),
});

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html */
export function secrets(stack: Stack): SecretDefinition[] {
  return resourcesOf(stack, 'AWS::SecretsManager::Secret').map((resource) => {
    const { KmsKeyId, SecretString, GenerateSecretString } = read(secretSchema, resource);
    const initialValue =
      GenerateSecretString === undefined
        ? SecretString
        : generateSecretString(GenerateSecretString, resource.logicalId);
    return {
      // The ARN ends with the name, a dash and six characters.
      name: resource.ref.split(':').slice(6).join(':').slice(0, -7),
      arn: resource.ref,
      ...(KmsKeyId === undefined ? {} : { kmsKeyArn: kmsKeyArn(stack, KmsKeyId) }),
      ...(initialValue === undefined ? {} : { initialValue }),
    };
  });
}

function kmsKeyArn(stack: Stack, id: string): string {
  return id.startsWith('arn:') ? id : String(referredTo(stack, 'AWS::KMS::Key', id).attributes['Arn']);
}

export interface DnsRecord {
  /** Without a dot at the end. */
  readonly name: string;
  readonly type: string;
  /** Name that an alias record stands for. */
  readonly alias: string | undefined;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-route53-recordset.html */
export function dnsRecords(stack: Stack): DnsRecord[] {
  const schema = z.object({
    Name: z.string(),
    Type: z.string(),
    AliasTarget: z.object({ DNSName: z.string() }).optional(),
  });
  return resourcesOf(stack, 'AWS::Route53::RecordSet').map((resource) => {
    const { Name, Type, AliasTarget } = read(schema, resource);
    return { name: Name.replace(/\.$/, ''), type: Type, alias: AliasTarget?.DNSName };
  });
}

const bucketSchema = z.object({
  BucketEncryption: z
    .object({
      ServerSideEncryptionConfiguration: z.array(
        z.object({
          ServerSideEncryptionByDefault: z.object({ KMSMasterKeyID: z.string().optional() }),
        }),
      ),
    })
    .optional(),
  ObjectLockEnabled: z.boolean().default(false),
});

export interface BucketResource {
  readonly name: string;
  /** ARN of the KMS key that it encrypts with by default. */
  readonly key: string | undefined;
  readonly objectLock: boolean;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html */
export function buckets(stack: Stack): BucketResource[] {
  return resourcesOf(stack, 'AWS::S3::Bucket').map((resource) => {
    const { BucketEncryption, ObjectLockEnabled } = read(bucketSchema, resource);
    const [rule] = BucketEncryption?.ServerSideEncryptionConfiguration ?? [];
    return {
      name: resource.ref,
      key: rule?.ServerSideEncryptionByDefault.KMSMasterKeyID,
      objectLock: ObjectLockEnabled,
    };
  });
}
