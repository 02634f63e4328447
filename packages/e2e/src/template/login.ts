/** The user pool of a stack with what belongs to it, properties resolved. */
import { onlyResource, resourcesOf, type Resource, type Stack } from './stack.ts';

export interface UserPoolResource {
  readonly id: string;
  readonly arn: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly clients: ReadonlyArray<{
    readonly id: string;
    readonly secret: string;
    readonly properties: Readonly<Record<string, unknown>>;
  }>;
  /** Prefix or full name of each domain. */
  readonly domains: readonly string[];
  readonly groups: readonly string[];
  /** Properties of the providers of others. */
  readonly identityProviders: readonly Readonly<Record<string, unknown>>[];
}

export function userPool(stack: Stack): UserPoolResource {
  const pool = onlyResource(stack, 'AWS::Cognito::UserPool');
  const belonging = (type: string): Resource[] =>
    resourcesOf(stack, type).filter(({ properties }) => properties['UserPoolId'] === pool.ref);
  return {
    id: pool.ref,
    arn: String(pool.attributes['Arn']),
    properties: pool.properties,
    clients: belonging('AWS::Cognito::UserPoolClient').map(({ ref, attributes, properties }) => ({
      id: ref,
      secret: String(attributes['ClientSecret']),
      properties,
    })),
    domains: belonging('AWS::Cognito::UserPoolDomain').map(({ ref }) => ref),
    groups: belonging('AWS::Cognito::UserPoolGroup').map(({ ref }) => ref),
    identityProviders: belonging('AWS::Cognito::UserPoolIdentityProvider').map(
      ({ properties }) => properties,
    ),
  };
}
