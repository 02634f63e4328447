import type { IApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { PodSpec } from '@clawharbor/bootstrap/spec';
import { endpointDomain } from './bedrock.ts';
import { rolesOfGroups } from './openclaw-config.ts';
import type { PodOptions } from './options/pod-options.ts';
import type { Login } from './parts/login.ts';

export interface LoginParts {
  readonly login: Login;
  readonly loadBalancer: IApplicationLoadBalancer;
  readonly region: string;
}

/** What the instance knows of the login: who is in, and as what, and whose word it takes for it. */
export function loginSpec(
  { groups, identityProviders }: PodOptions['login'],
  { login, loadBalancer, region }: LoginParts,
): NonNullable<PodSpec['login']> {
  const { userPoolId } = login.userPool;
  const providers = identityProviders
    .filter((provider) => Object.keys(provider.groups).length > 0)
    .map(({ name, groups: theirs }) => ({ name, groups: theirs }));
  return {
    userPool: userPoolId,
    ...(groups === undefined ? {} : { groups: rolesOfGroups(groups) }),
    ...(providers.length === 0 ? {} : { providers }),
    ...issuerElsewhere(region, userPoolId),
    loadBalancer: loadBalancer.loadBalancerArn,
    client: login.client.userPoolClientId,
    url: login.url,
  };
}

/** AWS's domain is another one in some partitions; the instance knows the one of most. */
function issuerElsewhere(region: string, userPoolId: string): { readonly issuer?: string } {
  const domain = endpointDomain(region);
  return domain === 'amazonaws.com'
    ? {}
    : { issuer: `https://cognito-idp.${region}.${domain}/${userPoolId}` };
}
