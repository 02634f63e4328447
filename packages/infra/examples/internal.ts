import { OpenClawPod } from '@clawharbor/infra';
import { App, Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { PrivateHostedZone } from 'aws-cdk-lib/aws-route53';

/**
 * For the people of a company network, and for nobody else: a load balancer without public addresses, names that only the VPCs of
 * the private zone are told, a certificate of the company's own authority, models of Amazon in the EU only.
 */
export const app = new App();
const stack = new Stack(app, 'Internal', { env: { account: '123456789012', region: 'eu-central-1' } });
const office = Vpc.fromVpcAttributes(stack, 'Office', {
  vpcId: 'vpc-0fedcba9876543210',
  availabilityZones: ['eu-central-1a'],
});
const privateZone = new PrivateHostedZone(stack, 'Zone', { zoneName: 'corp.example.com', vpc: office });
new OpenClawPod(stack, 'Pod', {
  domain: {
    privateZone,
    certificateAuthorityArn:
      'arn:aws:acm-pca:eu-central-1:123456789012:certificate-authority/0a1b2c3d-1234-4abc-8def-0123456789ab',
    names: ['openclaw.corp.example.com'],
  },
  network: { internetFacing: false, cidr: '10.20.0.0/20', allowedCidrs: ['10.0.0.0/8'] },
  login: { mfa: 'required' },
  bedrock: {
    models: ['amazon.nova-2-lite-v1:0'],
    regions: ['eu-central-1', 'eu-north-1', 'eu-south-1', 'eu-south-2', 'eu-west-1', 'eu-west-3'],
  },
});
