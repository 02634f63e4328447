import * as z from 'zod';
import { groupOptions } from './group-options.ts';
import { identityProviderOptions, refuseUnknownGroups } from './identity-provider-options.ts';
import { must } from './must.ts';

export const loginOptions = z
  .strictObject({
    mfa: z.enum(['off', 'optional', 'required']).default('optional'),
    sessionHours: z
      .number()
      .refine(
        ...must<number>(
          (hours) => Number.isInteger(hours) && hours >= 1 && hours <= 168,
          'SESSION_TIMEOUT_OUT_OF_RANGE',
          (shown) => `${shown} hours: a session lasts 1 to 168 whole hours (7 days).`,
        ),
      )
      .default(24),
    domainPrefix: z
      .string()
      .refine(
        ...must<string>(
          (prefix) =>
            /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(prefix) && !/aws|amazon|cognito/.test(prefix),
          'DOMAIN_PREFIX_INVALID',
          (shown) =>
            `${shown}: use up to 63 lower-case letters, digits and dashes, without "aws", "amazon" or "cognito".`,
        ),
      )
      .optional(),
    groups: groupOptions.optional(),
    identityProviders: identityProviderOptions.default([]),
  })
  .superRefine(refuseUnknownGroups);
