import type { Arn } from './arn.ts';
import { IamPolicyError } from './errors.ts';
import { isPartition } from './partitions.ts';
import { withoutTokens } from './token.ts';

/**
 * Who a statement of a resource-based policy speaks of. Made by `awsPrincipal`, `servicePrincipal`, `oidcPrincipal`,
 * `samlPrincipal` and `anyone`.
 */
export interface Principal {
  readonly type: 'AWS' | 'Service' | 'Federated';
  readonly id: string;
}

/**
 * An account (its number, or the ARN of its root), a role, a user, a session of a role or of a federated user: by its
 * ARN, in full. IAM refuses a part of a name with a wildcard, groups and instance profiles.
 * {@link https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html}
 *
 * @throws IamPolicyError `PRINCIPAL_INVALID`
 */
export function awsPrincipal(arnOrAccount: string): Principal {
  if (!isAccount(arnOrAccount) && !isPrincipalArn(arnOrAccount)) {
    throw invalid(
      arnOrAccount,
      'Give the 12 digits of an account, or the whole ARN of a role, a user, a session or the root of an account. ' +
        remedyFor(arnOrAccount),
    );
  }
  return { type: 'AWS', id: arnOrAccount };
}

/**
 * An AWS service by its principal, such as `backup.amazonaws.com`: in every partition but China's, where both forms are
 * known, it ends in `amazonaws.com`, whatever the endpoints end in. IAM of the European Sovereign Cloud refuses
 * `ec2.amazonaws.eu` ({@link https://github.com/pulumi/pulumi-eks/issues/2341}).
 *
 * @throws IamPolicyError `PRINCIPAL_INVALID`
 */
export function servicePrincipal(service: string): Principal {
  const known = withoutTokens(service);
  const named = known === service ? /^[a-z\d-]+(?:\.[a-z\d-]+)+$/.test(service) : /^[a-z\d.-]*$/.test(known);
  if (!named || service.endsWith('.amazonaws.eu')) {
    throw invalid(service, 'Give the principal of a service, such as backup.amazonaws.com.');
  }
  return { type: 'Service', id: service };
}

/** Providers that every account knows without one of its own. */
const webIdentities = [
  'accounts.google.com',
  'cognito-identity.amazonaws.com',
  'graph.facebook.com',
  'www.amazon.com',
] as const;

/**
 * Whoever an OpenID Connect provider signs in, such as the workflows of GitHub: the ARN of the provider in the account,
 * `iam.oidcProvider(…)`, or one of those that every account knows. Say whom of them by the provider's keys, as in
 * `.when('token.actions.githubusercontent.com:sub', 'StringLike', 'repo:team/pod:*')`: without, a shared provider lets
 * everybody in.
 * {@link https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-federated-web-identity}
 * {@link https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif}
 *
 * @throws IamPolicyError `PRINCIPAL_INVALID`
 */
export function oidcPrincipal(
  provider: Arn<'iam:oidc-provider'> | (typeof webIdentities)[number],
): Principal {
  const named: readonly string[] = webIdentities;
  if (!named.includes(provider)) refusePattern(provider);
  return { type: 'Federated', id: provider };
}

/**
 * Whoever a SAML provider signs in: its ARN, `iam.samlProvider(…)`. Its keys are `saml:aud`, `saml:sub` and their like.
 * {@link https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-saml}
 *
 * @throws IamPolicyError `PRINCIPAL_INVALID`
 */
export function samlPrincipal(provider: Arn<'iam:saml-provider'>): Principal {
  refusePattern(provider);
  return { type: 'Federated', id: provider };
}

/** Everyone, also without credentials: give the statement a condition, or make it a deny. */
export const anyone: Principal = Object.freeze({ type: 'AWS', id: '*' });

function isAccount(text: string): boolean {
  return /^\d{12}$/.test(text);
}

/** What stands behind `arn:PARTITION:` of a principal. */
const iamArn = /^:iam::(?<account>[^:]+):(?:root|(?:user|role)\/[\w+=,.@/-]+)$/;
const sessionArn =
  /^:sts::(?<account>[^:]+):(?:assumed-role\/[\w+=,.@-]+\/[\w+=,.@-]+|federated-user\/[\w+=,.@-]+)$/;

function isPrincipalArn(text: string): boolean {
  // A token stands for a part, or for the whole: what only the deployment knows, it checks.
  const plain = text.replace(/\$\{(?:Token\[[^\]]*\]|AWS::[A-Za-z]+)\}/g, 'token');
  if (plain === 'token') return text !== 'token';
  const [, partition = '', rest = ''] = /^arn:([a-z-]+)(:.*)$/.exec(plain) ?? [];
  const { account } = (iamArn.exec(rest) ?? sessionArn.exec(rest))?.groups ?? {};
  if (account === undefined) return false;
  return (isPartition(partition) || partition === 'token') && (isAccount(account) || account === 'token');
}

function remedyFor(text: string): string {
  if (text === '*') return 'Everybody is anyone.';
  if (/[*?]/.test(text)) return 'For some of many, take their account and a condition on aws:PrincipalArn.';
  if (/:(?:oidc|saml)-provider\//.test(text)) return 'For a provider use oidcPrincipal or samlPrincipal.';
  return text.includes('.amazonaws.') ? 'For a service use servicePrincipal.' : '';
}

function refusePattern(provider: string): void {
  if (/[*?]/.test(provider)) throw invalid(provider, 'IAM takes no wildcard in a provider: name it in full.');
}

function invalid(given: string, remedy: string): IamPolicyError {
  return new IamPolicyError(
    'PRINCIPAL_INVALID',
    `${JSON.stringify(given)} is no principal. ${remedy}`.trimEnd(),
  );
}
