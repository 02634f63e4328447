import { SecretValue } from 'aws-cdk-lib';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import type { Construct } from 'constructs';
import type { IdentityProviderOptions } from '../options/identity-provider-options.ts';

/** The attribute that a provider's groups come in, as the user pool has it: the instance reads it as `custom:groups`. */
export const groupsAttribute = 'groups';

/**
 * What the client may write, which must hold all that is mapped: "if your app client does not have write access to a mapped
 * attribute, Amazon Cognito throws an error". A person cannot use it: no token of the pod has the scope
 * `aws.cognito.signin.user.admin`.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-specifying-attribute-mapping.html
 */
export const mappedAttributes = new cognito.ClientAttributes()
  .withStandardAttributes({ email: true, fullname: true })
  .withCustomAttributes(groupsAttribute);

/** A provider of others in the user pool. It goes with the stack; the people that came by it stay. */
export function identityProvider(
  scope: Construct,
  userPool: cognito.IUserPool,
  options: IdentityProviderOptions,
): cognito.IUserPoolIdentityProvider {
  const { name, attributes } = options;
  const id = `Provider-${name}`;
  const other = (attribute: string) => cognito.ProviderAttribute.other(attribute);
  const attributeMapping = {
    email: other(attributes.email ?? defaultNames[options.type].email),
    fullname: other(attributes.name ?? defaultNames[options.type].name),
    ...(attributes.groups === undefined
      ? {}
      : { custom: { [`custom:${groupsAttribute}`]: other(attributes.groups) } }),
  };
  if (options.type === 'saml') {
    return new cognito.UserPoolIdentityProviderSaml(scope, id, {
      userPool,
      name,
      metadata: cognito.UserPoolIdentityProviderSamlMetadata.url(options.metadataUrl),
      attributeMapping,
    });
  }
  return new cognito.UserPoolIdentityProviderOidc(scope, id, {
    userPool,
    name,
    issuerUrl: options.issuer,
    clientId: options.clientId,
    // A dynamic reference: CloudFormation reads it when it deploys, and it stands in no template.
    clientSecret: SecretValue.secretsManager(options.clientSecretArn).unsafeUnwrap(),
    scopes: options.scopes,
    attributeMapping,
  });
}

/** As OpenID Connect names them, and as most providers of SAML do. */
const defaultNames = {
  oidc: { email: 'email', name: 'name' },
  saml: {
    email: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress',
    name: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name',
  },
} as const;
