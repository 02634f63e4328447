import { Aws, Duration, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import { InfraError } from '../errors.ts';
import type { PodOptions } from '../options/pod-options.ts';

export interface LoginProps {
  readonly podName: string;
  readonly dnsNames: readonly string[];
  readonly options: PodOptions['login'];
  readonly deletionProtection: boolean;
}

/** Cognito: the people of the team, whom an admin creates, and the login page. */
export class Login extends Construct {
  readonly userPool: cognito.UserPool;
  readonly client: cognito.UserPoolClient;
  readonly domain: cognito.UserPoolDomain;

  /** @throws InfraError `DOMAIN_PREFIX_INVALID` */
  constructor(scope: Construct, id: string, { podName, dnsNames, options, deletionProtection }: LoginProps) {
    super(scope, id);
    this.userPool = new cognito.UserPool(this, 'UserPool', {
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      signInCaseSensitive: false,
      featurePlan: cognito.FeaturePlan.ESSENTIALS,
      mfa: mfa[options.mfa],
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
      removalPolicy: RemovalPolicy.RETAIN,
      deletionProtection,
    });
    this.domain = this.userPool.addDomain('Domain', {
      cognitoDomain: { domainPrefix: options.domainPrefix ?? defaultPrefix(this, podName) },
      managedLoginVersion: cognito.ManagedLoginVersion.NEWER_MANAGED_LOGIN,
    });
    this.client = this.userPool.addClient('Client', {
      generateSecret: true,
      // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [cognito.OAuthScope.OPENID, cognito.OAuthScope.EMAIL],
        callbackUrls: dnsNames.map((name) => `https://${name}/oauth2/idpresponse`),
        // They end Cognito's session only, not the load balancer's: docs/decisions/0009-logout.md
        logoutUrls: dnsNames.map((name) => `https://${name}/`),
      },
      supportedIdentityProviders: [cognito.UserPoolClientIdentityProvider.COGNITO],
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      // A user who is disabled keeps a session until the load balancer next asks Cognito, when these are over.
      accessTokenValidity: Duration.minutes(15),
      idTokenValidity: Duration.minutes(15),
      refreshTokenValidity: Duration.hours(options.sessionHours),
    });
    // Without a branding the managed login says "Login pages unavailable".
    new cognito.CfnManagedLoginBranding(this, 'Branding', {
      userPoolId: this.userPool.userPoolId,
      clientId: this.client.userPoolClientId,
      useCognitoProvidedValues: true,
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
