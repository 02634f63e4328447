import type { Arn, Partition } from '../arn.ts';
import * as kms from '../catalogue/kms.ts';
import * as s3 from '../catalogue/s3.ts';
import * as secretsmanager from '../catalogue/secretsmanager.ts';
import * as ssm from '../catalogue/ssm.ts';
import { allow, type IdentityStatement, type Statement } from '../statement.ts';
import { serviceHosts } from './service-hosts.ts';

/**
 * Reads the current values of these secrets.
 * {@link https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html}
 */
export function readSecret(
  ...secrets: [Arn<'secretsmanager:Secret'>, ...Arn<'secretsmanager:Secret'>[]]
): IdentityStatement {
  return allow('ReadSecret', secretsmanager.GetSecretValue).on(...secrets);
}

/**
 * Gives these secrets new values, and reads none. The key of a secret that has one wants `encryptWith`.
 * {@link https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html}
 */
export function writeSecret(
  ...secrets: [Arn<'secretsmanager:Secret'>, ...Arn<'secretsmanager:Secret'>[]]
): IdentityStatement {
  return allow('WriteSecret', secretsmanager.PutSecretValue).on(...secrets);
}

export interface DecryptOptions {
  /** Default: `aws`. */
  readonly partition?: Partition;
  readonly region: string;
  /** The service that may use the key on the role's behalf: `secretsmanager`, `ssm`, `s3`. */
  readonly via: string;
  /** What the service names in the encryption context, such as `SecretARN` of Secrets Manager. */
  readonly context?: Readonly<Record<string, string>>;
}

/**
 * Decrypts with the key, only through one service and only for what the encryption context names.
 * {@link https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service}
 * {@link https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html}
 */
export function decryptWith(key: Arn<'kms:key'>, options: DecryptOptions): IdentityStatement {
  return through(allow('DecryptVia', kms.Decrypt).on(key), options);
}

/**
 * Encrypts with the key, as `decryptWith` decrypts. A new value takes both actions: the service makes a data key for it.
 * {@link https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html}
 */
export function encryptWith(key: Arn<'kms:key'>, options: DecryptOptions): IdentityStatement {
  return through(allow('EncryptVia', kms.GenerateDataKey, kms.Decrypt).on(key), options);
}

function through(
  statement: Statement<typeof kms.Decrypt | typeof kms.GenerateDataKey>,
  options: DecryptOptions,
): IdentityStatement {
  const [host, ...otherHosts] = serviceHosts(options);
  const viaService = statement.when('kms:ViaService', 'StringEquals', host, ...otherHosts);
  return Object.entries(options.context ?? {}).reduce(
    (narrowed, [name, value]) => narrowed.when(`kms:EncryptionContext:${name}`, 'StringLike', value),
    viaService,
  );
}

/**
 * Reads these parameters, such as the spec of a pod.
 * {@link https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html}
 */
export function readSpec(
  ...parameters: [Arn<'ssm:parameter'>, ...Arn<'ssm:parameter'>[]]
): IdentityStatement {
  return allow('ReadSpec', ssm.GetParameter).on(...parameters);
}

/**
 * Downloads these objects, such as the bundle that user data starts. A pattern as key opens a whole bucket.
 * {@link https://docs.aws.amazon.com/AmazonS3/latest/userguide/security_iam_service-with-iam.html}
 */
export function readArtifact(...objects: [Arn<'s3:object'>, ...Arn<'s3:object'>[]]): IdentityStatement {
  return allow('ReadArtifact', s3.GetObject).on(...objects);
}
