import { describe, expect, it } from 'vitest';
import * as iam from '../src/catalogue/iam.ts';
import * as sts from '../src/catalogue/sts.ts';
import {
  allow,
  anyone,
  awsPrincipal,
  oidcPrincipal,
  resourcePolicy,
  samlPrincipal,
  servicePrincipal,
  type Principal,
} from '../src/index.ts';

const account = '111122223333';
const github = iam.oidcProvider({ account, oidcProviderName: 'token.actions.githubusercontent.com' });
const okta = iam.samlProvider({ account, samlProviderName: 'Okta' });
const trusting = (principal: Principal) =>
  resourcePolicy(allow('Trust', sts.AssumeRole).onAttached().by(principal)).toJSON().Statement[0]?.Principal;

it.each([
  account,
  `arn:aws:iam::${account}:root`,
  `arn:aws:iam::${account}:role/pod`,
  `arn:aws:iam::${account}:role/service-role/pod-1_2+=,.@x`,
  `arn:aws:iam::${account}:user/team/ann`,
  `arn:aws:sts::${account}:assumed-role/pod/i-0123456789abcdef0`,
  `arn:aws:sts::${account}:federated-user/ann`,
  `arn:aws-eusc:iam::${account}:role/pod`,
  `arn:aws-iso-b:iam::${account}:root`,
  'arn:${AWS::Partition}:iam::${AWS::AccountId}:root',
  '${Token[Role.Arn.12]}',
  'arn:${Token[AWS.Partition.3]}:iam::111122223333:role/pod',
])('awsPrincipal takes %s', (id) => {
  expect(trusting(awsPrincipal(id))).toEqual({ AWS: id });
});

it.each([
  ['', /12 digits/],
  ['*', /Everybody is anyone/],
  ['1234', /12 digits/],
  ['backup.amazonaws.com', /use servicePrincipal/],
  [`arn:aws:iam::${account}:role/*`, /aws:PrincipalArn/],
  ['arn:aws:iam::*:root', /aws:PrincipalArn/],
  [`arn:aws:iam::${account}:*`, /aws:PrincipalArn/],
  [`arn:aws:iam::${account}:role/po?`, /aws:PrincipalArn/],
  [`arn:aws:iam::${account}:group/team`, /no principal/],
  [`arn:aws:iam::${account}:instance-profile/pod`, /no principal/],
  [`arn:aws:iam::${account}:policy/pod`, /no principal/],
  [`arn:aws:iam:eu-central-1:${account}:role/pod`, /no principal/],
  [`arn:aws:s3:::${account}`, /no principal/],
  [`arn:amazon:iam::${account}:root`, /no principal/],
  [`arn:aws:iam::${account}:role/\${aws:username}`, /no principal/],
  [`arn:aws:iam::${account}:role/pod role`, /no principal/],
  [github, /oidcPrincipal or samlPrincipal/],
  [okta, /oidcPrincipal or samlPrincipal/],
  ['AIDAEXAMPLEEXAMPLEEXA', /no principal/],
])('awsPrincipal refuses %j, as IAM does', (id, message) => {
  expect(() => awsPrincipal(id)).toThrow(
    expect.objectContaining({ code: 'PRINCIPAL_INVALID', message: expect.stringMatching(message) as string }),
  );
});

it.each([
  'backup.amazonaws.com',
  'logs.eu-central-1.amazonaws.com',
  'ec2.amazonaws.com.cn',
  'delivery.logs.amazonaws.com',
  'logs.${AWS::Region}.${AWS::URLSuffix}',
])('servicePrincipal takes %s', (id) => {
  expect(trusting(servicePrincipal(id))).toEqual({ Service: id });
});

it.each([
  '',
  '*',
  'backup',
  '*.amazonaws.com',
  `arn:aws:iam::${account}:root`,
  'EC2.amazonaws.com',
  'ec2.amazonaws.eu',
])('servicePrincipal refuses %j', (id) =>
  expect(() => servicePrincipal(id)).toThrow(expect.objectContaining({ code: 'PRINCIPAL_INVALID' })),
);

describe('a federated principal', () => {
  it('of GitHub is trusted with the keys of the provider', () => {
    const trust = allow('Trust', sts.AssumeRoleWithWebIdentity)
      .onAttached()
      .when('token.actions.githubusercontent.com:aud', 'StringEquals', 'sts.amazonaws.com')
      .when('token.actions.githubusercontent.com:sub', 'StringLike', 'repo:team/pod:ref:refs/heads/main')
      .when('token.actions.githubusercontent.com:repository_owner_id', 'StringEquals', '123')
      .by(oidcPrincipal(github));
    expect(resourcePolicy(trust).toJSON().Statement).toEqual([
      {
        Sid: 'Trust',
        Effect: 'Allow',
        Principal: {
          Federated: 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com',
        },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: {
            'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
            'token.actions.githubusercontent.com:repository_owner_id': '123',
          },
          StringLike: { 'token.actions.githubusercontent.com:sub': 'repo:team/pod:ref:refs/heads/main' },
        },
      },
    ]);
  });

  it('of any other OpenID provider has its keys too', () => {
    const name = 'oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE0123456789';
    const trust = allow('Trust', sts.AssumeRoleWithWebIdentity)
      .onAttached()
      .when(`${name}:sub`, 'StringEquals', 'system:serviceaccount:team:pod')
      .by(oidcPrincipal(iam.oidcProvider({ partition: 'aws-eusc', account, oidcProviderName: name })));
    expect(resourcePolicy(trust).toJSON().Statement[0]?.Principal).toEqual({
      Federated: `arn:aws-eusc:iam::${account}:oidc-provider/${name}`,
    });
  });

  it('may be one that every account knows', () => {
    expect(trusting(oidcPrincipal('cognito-identity.amazonaws.com'))).toEqual({
      Federated: 'cognito-identity.amazonaws.com',
    });
  });

  it('of SAML is trusted with the keys of SAML', () => {
    const trust = allow('Trust', sts.AssumeRoleWithSAML)
      .onAttached()
      .when('saml:aud', 'StringEquals', 'https://signin.aws.amazon.com/saml')
      .by(samlPrincipal(okta));
    expect(resourcePolicy(trust).toJSON().Statement[0]).toMatchObject({
      Principal: { Federated: `arn:aws:iam::${account}:saml-provider/Okta` },
      Condition: { StringEquals: { 'saml:aud': 'https://signin.aws.amazon.com/saml' } },
    });
  });

  it('stands beside others under its own name', () => {
    const said = allow('Trust', sts.AssumeRole).onAttached();
    const all = resourcePolicy(
      said.by(awsPrincipal(account), oidcPrincipal(github), samlPrincipal(okta), anyone),
    );
    expect(all.toJSON().Statement[0]?.Principal).toEqual({
      AWS: ['*', account],
      Federated: [github, okta],
    });
  });

  it('is named in full', () => {
    const all = iam.oidcProvider({ account, oidcProviderName: '*' });
    const every = iam.samlProvider({ account, samlProviderName: 'Ok*' });
    for (const attempt of [() => oidcPrincipal(all), () => samlPrincipal(every)]) {
      expect(attempt).toThrow(expect.objectContaining({ code: 'PRINCIPAL_INVALID' }));
    }
  });
});
