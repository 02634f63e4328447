import * as z from 'zod';
import { must } from './must.ts';

const text = (form: RegExp, what: string) =>
  z.string().refine(
    ...must<string>(
      (value) => form.test(value),
      'RETAINED_INVALID',
      (shown) => `${shown} is not ${what}.`,
    ),
  );

/** Checks `RetainedProps`. */
export const retainedOptions = z
  .strictObject({
    fileSystemId: text(
      /^fs-([0-9a-f]{8}|[0-9a-f]{17,40})$/,
      'the id of a file system, as in fs-0123456789abcdef0',
    ).optional(),
    userPoolId: text(
      /^[a-z0-9-]+_[0-9A-Za-z]+$/,
      'the id of a user pool, as in eu-central-1_AbCdEfGhI',
    ).optional(),
    secretArn: text(
      /^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:.+-[0-9A-Za-z]{6}$/,
      'the complete ARN of a secret, with the six characters at its end',
    ).optional(),
    keyArn: text(/^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/, 'the ARN of a KMS key').optional(),
  })
  .refine(
    ...must<{ secretArn?: string | undefined; keyArn?: string | undefined }>(
      ({ secretArn, keyArn }) => secretArn === undefined || keyArn !== undefined,
      'RETAINED_INVALID',
      'secretArn needs keyArn: the secret of a pod is encrypted with its key, and nothing reads it without.',
    ),
  );
