import { Stack } from 'aws-cdk-lib';
import { Certificate, type ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { describe, expect, test } from 'vitest';
import { OpenClawPod, podConfigSchema, type OpenClawPodProps, type PodConfigInput } from '../src/index.ts';
import {
  bundle,
  exampleConfig,
  podTemplate,
  resourcesOf,
  scratchApp,
  templateOf,
  theOne,
} from './example-pod.ts';

const account = '123456789012';
const arn = `arn:aws:acm:eu-central-1:${account}:certificate/0a1b2c3d-0000-0000-0000-000000000000`;
const names = ['agents.example.com'];

function withDomain(domain: (stack: Stack) => OpenClawPodProps['domain']) {
  const stack = new Stack(scratchApp(), 'Team', { env: { account, region: 'eu-central-1' } });
  new OpenClawPod(stack, 'Pod', { bundle, domain: domain(stack) });
  return templateOf(stack);
}
const zone = (stack: Stack) =>
  HostedZone.fromHostedZoneAttributes(stack, 'Zone', {
    hostedZoneId: 'Z0123456789',
    zoneName: 'example.com',
  });
const imported = (stack: Stack, of = arn): ICertificate => Certificate.fromCertificateArn(stack, 'Given', of);
const certificatesOf = (template: ReturnType<typeof templateOf>) =>
  resourcesOf(template, 'AWS::ElasticLoadBalancingV2::Listener')
    .map(([, { Properties }]) => Properties?.['Certificates'])
    .filter((value) => value !== undefined);

describe('a pod whose hosted zone is in another account, or nowhere in Route 53', () => {
  const template = withDomain((stack) => ({ names, certificate: imported(stack) }));

  test('takes the certificate that it is given, and makes none', () => {
    expect(certificatesOf(template)).toEqual([[{ CertificateArn: arn }]]);
    expect(resourcesOf(template, 'AWS::CertificateManager::Certificate')).toEqual([]);
  });

  test('makes no records', () => {
    expect(resourcesOf(template, 'AWS::Route53::RecordSet')).toEqual([]);
  });

  test('logs in on its names all the same', () => {
    expect(theOne(template, 'AWS::ElasticLoadBalancingV2::ListenerRule').properties['Conditions']).toEqual([
      { Field: 'host-header', HostHeaderConfig: { Values: names } },
    ]);
  });

  test('is written in a config file by the ARN, and the stack says what the names are to point at', () => {
    const domain = { names, certificateArn: arn } as PodConfigInput['domain'];
    const stack = podTemplate({ domain });
    expect(certificatesOf(stack)).toEqual([[{ CertificateArn: arn }]]);
    expect(JSON.stringify(stack.Outputs?.['LoadBalancerDnsName'])).toContain('DNSName');
    expect(podTemplate().Outputs).not.toHaveProperty('LoadBalancerDnsName');
  });
});

test('records and a certificate are two things: each may be given, made or left out', () => {
  const given = withDomain((stack) => ({ names, hostedZone: zone(stack), certificate: imported(stack) }));
  expect(resourcesOf(given, 'AWS::Route53::RecordSet').length).toBeGreaterThan(0);
  expect(resourcesOf(given, 'AWS::CertificateManager::Certificate')).toEqual([]);
  const left = withDomain((stack) => ({ names, hostedZone: zone(stack), records: false }));
  expect(resourcesOf(left, 'AWS::Route53::RecordSet')).toEqual([]);
  expect(resourcesOf(left, 'AWS::CertificateManager::Certificate')).toHaveLength(1);
});

test('a certificate of the app, for all names or by an asterisk, is taken', () => {
  for (const domainName of ['agents.example.com', '*.example.com']) {
    const template = withDomain((stack) => ({
      names,
      certificate: new Certificate(stack, 'Own', { domainName }),
    }));
    expect(certificatesOf(template)).toEqual([
      [{ CertificateArn: { Ref: expect.stringContaining('Own') as string } }],
    ]);
  }
});

test.each<[what: string, code: string, says: RegExp, domain: (stack: Stack) => OpenClawPodProps['domain']]>([
  ['neither zone nor certificate', 'HOSTED_ZONE_INVALID', /hosted zone/, () => ({ names })],
  [
    'a certificate of another Region',
    'EXISTING_PART_ELSEWHERE',
    /is in us-east-1, and the pod in eu-central-1/,
    (stack) => ({ names, certificate: imported(stack, arn.replace('eu-central-1', 'us-east-1')) }),
  ],
  [
    'a certificate for other names',
    'CERTIFICATE_INVALID',
    /is for \*\.example\.org, not for agents\.example\.com/,
    (stack) => ({ names, certificate: new Certificate(stack, 'Own', { domainName: '*.example.org' }) }),
  ],
  [
    'an asterisk for two labels',
    'CERTIFICATE_INVALID',
    /not for a\.b\.example\.com/,
    (stack) => ({
      names: ['a.b.example.com'],
      certificate: new Certificate(stack, 'Own', { domainName: '*.example.com' }),
    }),
  ],
  [
    'what is no certificate',
    'CERTIFICATE_INVALID',
    /not the ARN of a certificate/,
    (stack) => ({ names, certificate: imported(stack, `arn:aws:s3:::${account}`) }),
  ],
  [
    'records in a zone that the names are outside of',
    'DNS_NAME_OUTSIDE_ZONE',
    /agents\.example\.org/,
    (stack) => ({ names: ['agents.example.org'], hostedZone: zone(stack), certificate: imported(stack) }),
  ],
])('%s is refused with %s', (_, code, says, domain) => {
  expect(() => withDomain(domain)).toThrow(
    expect.objectContaining({ code, message: expect.stringMatching(says) as string }),
  );
});

test('a config file without zone and certificate is refused where the domain stands', () => {
  const { error } = podConfigSchema.safeParse({ ...exampleConfig, domain: { names } });
  expect(error?.issues[0]).toMatchObject({ path: ['domain'], params: { code: 'CERTIFICATE_INVALID' } });
});
