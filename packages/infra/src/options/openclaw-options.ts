import {
  defaultOpenClawVersion,
  isKnownVersion,
  openclawVersions,
  podsRun,
  whyNotRun,
  type OpenClawVersion,
} from '@clawharbor/bootstrap/spec';
import * as z from 'zod';
import { extraOptions, refuseExtraFaults, whenReadable } from './extra-options.ts';
import { must } from './must.ts';
import { ownerOptions } from './owner-options.ts';
import { defaultMemberScopes, memberScopes, type MemberScope } from './operator-scopes.ts';

/** `x-amzn-oidc-identity` is the `sub` that Cognito gives each user: a UUID. */
const sub = z.string().refine(
  ...must<string>(
    (id) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id),
    'ADMIN_NOT_A_SUB',
    (shown) =>
      `${shown} is not a Cognito sub (a UUID): the gateway is told the sub, never the e-mail address. ` +
      'Read it with: aws cognito-idp admin-get-user --user-pool-id <UserPoolId> --username <e-mail>.',
  ),
);

function reasonFor(shown: string): string {
  const version: unknown = JSON.parse(shown);
  return (isKnownVersion(version) ? whyNotRun(version) : undefined) ?? 'it is not known';
}

const options = z.strictObject({
  version: z
    .custom<OpenClawVersion>(
      ...must<unknown>(
        isKnownVersion,
        'OPENCLAW_VERSION_UNKNOWN',
        (shown) =>
          `${shown} was not tested with this release of Clawharbor: use ${openclawVersions.join(', ')}.`,
      ),
    )
    .refine(
      ...must<unknown>(
        (version) => !isKnownVersion(version) || podsRun(version),
        'OPENCLAW_VERSION_NOT_RUN',
        (shown) => `no pod runs OpenClaw ${shown}: ${reasonFor(shown)}. Use ${openclawVersions.join(', ')}.`,
      ),
    )
    .default(defaultOpenClawVersion),
  admins: z.array(sub).default([]),
  members: z
    .strictObject({
      scopes: z
        .array(
          z.custom<MemberScope>(
            ...must<unknown>(
              (scope) => (memberScopes as readonly unknown[]).includes(scope),
              'MEMBER_SCOPE_REFUSED',
              (shown) =>
                `${shown} is not for everybody who can log in: members may have ${memberScopes.join(', ')}. ` +
                'Make a person an admin by listing their sub under admins.',
            ),
          ),
        )
        .default([...defaultMemberScopes]),
      otherSessions: z.enum(['none', 'view', 'suggest', 'write']).default('none'),
    })
    .prefault({}),
  model: z
    .strictObject({
      id: z.string().refine(
        ...must<string>(
          (id) => /^[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?$/.test(id),
          'MODEL_INVALID',
          (shown) => `${shown} is not the id of a Bedrock model, as in eu.amazon.nova-2-lite-v1:0.`,
        ),
      ),
      name: z.string().min(1).optional(),
      reasoning: z.boolean().default(false),
      input: z.array(z.enum(['text', 'image'])).default(['text']),
      contextWindow: z.int().positive().default(200_000),
      maxTokens: z.int().positive().default(4096),
    })
    .optional(),
  communityInvite: z.boolean().default(false),
  config: extraOptions,
  owners: ownerOptions.default({}),
});

export const openclawOptions = options.superRefine(refuseExtraFaults, whenReadable);
