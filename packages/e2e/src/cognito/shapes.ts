/**
 * The user pool's part of a CloudFormation template, intrinsics resolved: what the sign-in page and the endpoints of the
 * domain depend on. Other properties play no part and are left alone.
 *
 * AWS CloudFormation Template Reference: AWS::Cognito::UserPool and AWS::Cognito::UserPoolClient
 * (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_Cognito.html)
 */
import * as z from 'zod';

const boolean = z.stringbool().or(z.boolean());
const strings = z.array(z.string()).default([]);
const count = z.coerce.number().int();

const PasswordPolicy = z.object({
  MinimumLength: count.min(6).max(99).default(8),
  RequireLowercase: boolean.default(true),
  RequireNumbers: boolean.default(true),
  RequireSymbols: boolean.default(true),
  RequireUppercase: boolean.default(true),
  TemporaryPasswordValidityDays: count.min(0).max(365).default(7),
});
export type PasswordPolicy = z.output<typeof PasswordPolicy>;

export const UserPoolProperties = z
  .object({
    AliasAttributes: strings,
    EnabledMfas: strings,
    MfaConfiguration: z.enum(['OFF', 'ON', 'OPTIONAL']).default('OFF'),
    Policies: z.object({ PasswordPolicy: PasswordPolicy.prefault({}) }).prefault({}),
    UsernameAttributes: strings,
    UsernameConfiguration: z.object({ CaseSensitive: boolean.default(true) }).prefault({}),
    // Messages of a telephone or by mail are not played.
  })
  .refine(
    ({ MfaConfiguration, EnabledMfas }) =>
      MfaConfiguration === 'OFF' || EnabledMfas.includes('SOFTWARE_TOKEN_MFA'),
    {
      path: ['EnabledMfas'],
      error: 'this stand-in plays SOFTWARE_TOKEN_MFA only',
    },
  );
export type UserPoolProperties = z.output<typeof UserPoolProperties>;

const unit = z.enum(['seconds', 'minutes', 'hours', 'days']);
const secondsOf = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 } as const;

export const UserPoolClientProperties = z
  .object({
    AccessTokenValidity: count.optional(),
    AllowedOAuthFlows: strings,
    AllowedOAuthFlowsUserPoolClient: boolean.default(false),
    AllowedOAuthScopes: strings,
    CallbackURLs: z.array(z.url()).default([]),
    GenerateSecret: boolean.default(false),
    IdTokenValidity: count.optional(),
    LogoutURLs: z.array(z.url()).default([]),
    RefreshTokenValidity: count.optional(),
    /** Names of the providers that its people may come from; COGNITO is the pool itself. */
    SupportedIdentityProviders: z.array(z.string()).default(['COGNITO']),
    TokenValidityUnits: z
      .object({ AccessToken: unit.optional(), IdToken: unit.optional(), RefreshToken: unit.optional() })
      .default({}),
  })
  .transform(({ TokenValidityUnits: units, ...client }) => ({
    ...client,
    /** In seconds. */
    accessTokenValidity: (client.AccessTokenValidity ?? 1) * secondsOf[units.AccessToken ?? 'hours'],
    idTokenValidity: (client.IdTokenValidity ?? 1) * secondsOf[units.IdToken ?? 'hours'],
    refreshTokenValidity: (client.RefreshTokenValidity ?? 30) * secondsOf[units.RefreshToken ?? 'days'],
  }));
export type UserPoolClientProperties = z.output<typeof UserPoolClientProperties>;
