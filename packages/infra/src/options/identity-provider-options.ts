import * as z from 'zod';
import type { InfraErrorCode } from '../errors.ts';
import { type GroupOptions, nameOfGroup } from './group-options.ts';
import { must } from './must.ts';

const refused = 'IDENTITY_PROVIDER_INVALID';

/** https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateIdentityProvider.html */
const name = z.string().refine(
  ...must<string>(
    (value) => /^[A-Za-z][A-Za-z0-9-]{2,31}$/.test(value) && value !== 'COGNITO',
    refused,
    (shown) => `${shown}: name a provider with 3 to 32 letters, digits and dashes, beginning with a letter.`,
  ),
);

const httpsUrl = (what: string) =>
  z.string().refine(
    ...must<string>(
      (value) => URL.canParse(value) && new URL(value).protocol === 'https:',
      refused,
      (shown) => `${shown}: ${what} is an https URL.`,
    ),
  );

const attributes = z
  .strictObject({
    email: z.string().min(1).optional(),
    name: z.string().min(1).optional(),
    groups: z.string().min(1).optional(),
  })
  .prefault({});

const shared = { name, attributes, groups: z.record(z.string().min(1), z.string()).default({}) };

const oidc = z.strictObject({
  ...shared,
  type: z.literal('oidc'),
  issuer: httpsUrl('an issuer'),
  clientId: z.string().min(1),
  clientSecretArn: z.string().refine(
    ...must<string>(
      (arn) => /^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+$/.test(arn),
      refused,
      () =>
        'the client secret is named by the ARN of a secret of Secrets Manager: it must not stand in the template.',
    ),
  ),
  scopes: z.array(z.string().min(1)).default(['openid', 'email', 'profile']),
});

const saml = z.strictObject({
  ...shared,
  type: z.literal('saml'),
  metadataUrl: httpsUrl('metadata'),
});

export const identityProviderOptions = z
  .array(z.discriminatedUnion('type', [oidc, saml]))
  .refine(
    ...must<{ name: string }[]>(
      (providers) => new Set(providers.map((each) => each.name)).size === providers.length,
      refused,
      'Two providers have one name: Cognito knows them by it.',
    ),
  );

export type IdentityProviderOptions = z.output<typeof identityProviderOptions>[number];

interface Login {
  readonly groups?: GroupOptions | undefined;
  readonly identityProviders: readonly IdentityProviderOptions[];
}

/** A provider's groups can only become groups that the pod has. */
export function refuseUnknownGroups(
  { groups = [], identityProviders }: Login,
  context: z.RefinementCtx,
): void {
  const known = new Set(groups.map(nameOfGroup));
  for (const [index, provider] of identityProviders.entries()) {
    for (const [theirs, ours] of Object.entries(provider.groups)) {
      if (known.has(ours)) continue;
      context.addIssue({
        code: 'custom',
        path: ['identityProviders', index, 'groups', theirs],
        message: `${JSON.stringify(ours)} is none of login.groups: list it there.`,
        params: { code: refused satisfies InfraErrorCode },
      });
    }
    if (Object.keys(provider.groups).length > 0 && provider.attributes.groups === undefined) {
      context.addIssue({
        code: 'custom',
        path: ['identityProviders', index, 'attributes', 'groups'],
        message: 'say which claim or attribute of the provider names the groups, as in "groups".',
        params: { code: refused satisfies InfraErrorCode },
      });
    }
  }
}
