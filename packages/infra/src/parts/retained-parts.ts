import { Stack } from 'aws-cdk-lib';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { Key, type IKey } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { InfraError } from '../errors.ts';
import type { PodOptions } from '../options/pod-options.ts';
import { refuseElsewhere } from './elsewhere.ts';
import type { ExistingParts } from './existing-parts.ts';

/**
 * What is there already, whether somebody has passed it in or a pod of before has left it behind. What is left of a file
 * system is no file system to pass in: it has no mount target any more, see `Storage`.
 *
 * @throws InfraError `EXISTING_PART_TWICE`, `EXISTING_PART_ELSEWHERE`
 */
export function existingParts(
  scope: Construct,
  existing: ExistingParts = {},
  { fileSystemId, userPoolId, secretArn, keyArn }: PodOptions['retainedFrom'],
): ExistingParts {
  refuseBoth('fileSystemId', fileSystemId, existing.fileSystem);
  refuseBoth('userPoolId', userPoolId, existing.login);
  refuseBoth('secretArn', secretArn, existing.secret);
  refuseBoth('keyArn', keyArn, existing.key);
  const { region } = Stack.of(scope);
  if (userPoolId !== undefined && /^[a-z]{2,4}-/.test(region) && !userPoolId.startsWith(`${region}_`)) {
    throw new InfraError(
      'EXISTING_PART_ELSEWHERE',
      `retainedFrom.userPoolId: ${userPoolId} is of another Region than the pod, which is in ${region}.`,
    );
  }
  if (secretArn !== undefined) refuseElsewhere(scope, 'retainedFrom.secretArn', secretArn);
  if (keyArn !== undefined) refuseElsewhere(scope, 'retainedFrom.keyArn', keyArn);
  const key = keyArn === undefined ? undefined : Key.fromKeyArn(scope, 'RetainedKey', keyArn);
  return {
    ...existing,
    ...(userPoolId === undefined
      ? {}
      : { login: { userPool: UserPool.fromUserPoolId(scope, 'RetainedUserPool', userPoolId) } }),
    ...(key === undefined ? {} : { key }),
    ...(secretArn === undefined ? {} : { secret: retainedSecret(scope, secretArn, key) }),
  };
}

function retainedSecret(scope: Construct, secretCompleteArn: string, key: IKey | undefined) {
  return Secret.fromSecretAttributes(scope, 'RetainedSecret', {
    secretCompleteArn,
    ...(key === undefined ? {} : { encryptionKey: key }),
  });
}

function refuseBoth(name: string, retained: string | undefined, given: unknown): void {
  if (retained === undefined || given === undefined) return;
  throw new InfraError(
    'EXISTING_PART_TWICE',
    `retainedFrom.${name}: the same part is given under existing, too: which of the two is meant? Leave one out.`,
  );
}
