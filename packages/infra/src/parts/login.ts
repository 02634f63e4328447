import { Aws, Duration, Stack, Token } from 'aws-cdk-lib';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import { InfraError } from '../errors.ts';
import type { PodOptions } from '../options/pod-options.ts';
import { nameOfGroup } from '../options/group-options.ts';
import { refuseElsewhere } from './elsewhere.ts';
import type { ExistingLogin } from './existing-parts.ts';
import { groupsAttribute, identityProvider, mappedAttributes } from './identity-providers.ts';
import { retained } from './retained.ts';

export interface LoginProps {
  readonly podName: string;
  readonly dnsNames: readonly string[];
  readonly options: PodOptions['login'];
  readonly deletionProtection: boolean;
  readonly existing?: ExistingLogin | undefined;
}

/**
 * Where the login pages of prefixes are. In AWS GovCloud (US) there are those with FIPS only:
 * https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-cog.html. Of a Region that only the deployment knows it is taken
 * to be another.
 */
function prefixHost(region: string): string {
  const inGovCloud = !Token.isUnresolved(region) && region.startsWith('us-gov-');
  return `${inGovCloud ? 'auth-fips' : 'auth'}.${region}.amazoncognito.com`;
}

/** Cognito: the people of the team, whom an admin creates, and the login page. */
export class Login extends Construct {
  readonly userPool: cognito.IUserPool;
  readonly client: cognito.UserPoolClient;
  readonly domain: cognito.IUserPoolDomain;
  /** Where the login page is: https://<prefix>.auth.<Region>.amazoncognito.com, or a name of one's own. */
  readonly url: string;
  /** What the pod has called its domain; undefined where it was given one. */
  readonly domainPrefix: string | undefined;

  /** @throws InfraError `DOMAIN_PREFIX_INVALID`, `EXISTING_PART_ELSEWHERE` */
  constructor(scope: Construct, id: string, { podName, dnsNames, options, existing, ...props }: LoginProps) {
    super(scope, id);
    if (existing !== undefined)
      refuseElsewhere(this, 'existing.login.userPool', existing.userPool.userPoolArn);
    this.userPool = existing?.userPool ?? this.ownUserPool(options, props.deletionProtection);
    this.domainPrefix =
      existing?.domain === undefined ? (options.domainPrefix ?? defaultPrefix(this, podName)) : undefined;
    this.domain =
      existing?.domain ??
      this.userPool.addDomain('Domain', {
        cognitoDomain: { domainPrefix: this.domainPrefix ?? '' },
        managedLoginVersion:
          (existing?.managedLogin ?? true)
            ? cognito.ManagedLoginVersion.NEWER_MANAGED_LOGIN
            : cognito.ManagedLoginVersion.CLASSIC_HOSTED_UI,
      });
    if (existing === undefined) this.node.defaultChild = this.userPool.node.defaultChild;
    const { domainName } = this.domain;
    // A prefix has no dot: https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain.html
    this.url =
      !Token.isUnresolved(domainName) && domainName.includes('.')
        ? `https://${domainName}`
        : `https://${domainName}.${prefixHost(Stack.of(this).region)}`;
    const providers = options.identityProviders.map((each) => identityProvider(this, this.userPool, each));
    this.client = this.ownClient(dnsNames, options, providers);
    // The client names them.
    this.client.node.addDependency(...providers);
    if (existing === undefined) this.ownGroups(options.groups ?? []);
    // Without a branding the managed login says "Login pages unavailable".
    if (existing?.managedLogin === false) return;
    new cognito.CfnManagedLoginBranding(this, 'Branding', {
      userPoolId: this.userPool.userPoolId,
      clientId: this.client.userPoolClientId,
      useCognitoProvidedValues: true,
    });
  }

  private ownUserPool(options: PodOptions['login'], deletionProtection: boolean): cognito.UserPool {
    return new cognito.UserPool(this, 'UserPool', {
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      signInCaseSensitive: false,
      featurePlan: cognito.FeaturePlan.ESSENTIALS,
      mfa: mfa[options.mfa],
      // Of whoever signs in by a provider of others. An attribute cannot be taken from a pool again.
      ...(options.identityProviders.length === 0
        ? {}
        : { customAttributes: { [groupsAttribute]: new cognito.StringAttribute({ mutable: true }) } }),
      ...(options.mfa === 'off' ? {} : { mfaSecondFactor: { otp: true, sms: false } }),
      passwordPolicy: {
        minLength: 12,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
        tempPasswordValidity: Duration.days(7),
      },
      accountRecovery: cognito.AccountRecovery.EMAIL_ONLY,
      removalPolicy: retained,
      deletionProtection,
    });
  }

  /**
   * They outlive the stack with the people who are in them. A pool that was there before has its own, or gets them by hand: what a
   * deleted pod has left could not be made again.
   */
  private ownGroups(groups: NonNullable<PodOptions['login']['groups']>): void {
    const { userPoolId } = this.userPool;
    for (const [precedence, each] of groups.entries()) {
      const groupName = nameOfGroup(each);
      new cognito.CfnUserPoolGroup(this, `Group-${groupName}`, {
        userPoolId,
        groupName,
        precedence,
      }).applyRemovalPolicy(retained);
    }
  }

  private ownClient(
    dnsNames: readonly string[],
    { sessionHours, identityProviders }: PodOptions['login'],
    providers: readonly cognito.IUserPoolIdentityProvider[],
  ): cognito.UserPoolClient {
    return this.userPool.addClient('Client', {
      generateSecret: true,
      // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [cognito.OAuthScope.OPENID, cognito.OAuthScope.EMAIL],
        callbackUrls: dnsNames.map((name) => `https://${name}/oauth2/idpresponse`),
        // Where Cognito sends whoever signs out: docs/decisions/0034-clawharbor-is-a-plugin.md
        logoutUrls: dnsNames.map((name) => `https://${name}/`),
      },
      supportedIdentityProviders: [
        cognito.UserPoolClientIdentityProvider.COGNITO,
        ...providers.map(({ providerName }) => cognito.UserPoolClientIdentityProvider.custom(providerName)),
      ],
      ...(identityProviders.some(({ attributes }) => attributes.groups !== undefined)
        ? { writeAttributes: mappedAttributes }
        : {}),
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      // A user who is disabled keeps a session until the load balancer next asks Cognito, when these are over.
      accessTokenValidity: Duration.minutes(15),
      idTokenValidity: Duration.minutes(15),
      refreshTokenValidity: Duration.hours(sessionHours),
    });
  }
}

const mfa = {
  off: cognito.Mfa.OFF,
  optional: cognito.Mfa.OPTIONAL,
  required: cognito.Mfa.REQUIRED,
} as const;

function defaultPrefix(scope: Construct, podName: string): string {
  const reserved = /aws|amazon|cognito/.exec(podName)?.[0];
  if (reserved !== undefined) {
    throw new InfraError(
      'DOMAIN_PREFIX_INVALID',
      `name: Cognito refuses a domain with "${reserved}" in it. Rename the pod or set login.domainPrefix.`,
    );
  }
  const { account } = Stack.of(scope);
  return `${podName}-${Token.isUnresolved(account) ? Aws.ACCOUNT_ID : account}`;
}
