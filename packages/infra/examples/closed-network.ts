import { OpenClawPod } from '@clawharbor/infra';
import { App, Stack } from 'aws-cdk-lib';
import { InterfaceVpcEndpointAwsService, Vpc } from 'aws-cdk-lib/aws-ec2';
import { HostedZone } from 'aws-cdk-lib/aws-route53';

/**
 * A VPC whose subnets have no way out of their own: what is of AWS goes by endpoints of the VPC, and all else, by the routes of the
 * company, through its inspected egress. There has to be one: the load balancer asks the login page for tokens, and OpenClaw comes
 * from npm at the first start.
 */
export const app = new App();
const stack = new Stack(app, 'Closed', { env: { account: '123456789012', region: 'eu-central-1' } });
const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', {
  vpcId: 'vpc-0123456789abcdef1',
  vpcCidrBlock: '10.30.0.0/16',
  availabilityZones: ['eu-central-1a', 'eu-central-1b'],
  isolatedSubnetNames: ['Edge', 'App'],
  isolatedSubnetIds: [
    'subnet-0123456789abcdef1',
    'subnet-0123456789abcdef2',
    'subnet-0123456789abcdef3',
    'subnet-0123456789abcdef4',
  ],
  isolatedSubnetRouteTableIds: [
    'rtb-0123456789abcdef1',
    'rtb-0123456789abcdef1',
    'rtb-0123456789abcdef2',
    'rtb-0123456789abcdef2',
  ],
  isolatedSubnetIpv4CidrBlocks: ['10.30.0.0/24', '10.30.1.0/24', '10.30.2.0/24', '10.30.3.0/24'],
});
const gatewaySubnets = { subnetGroupName: 'App' };
const services = {
  AutoScaling: InterfaceVpcEndpointAwsService.AUTOSCALING,
  Bedrock: InterfaceVpcEndpointAwsService.BEDROCK,
  BedrockRuntime: InterfaceVpcEndpointAwsService.BEDROCK_RUNTIME,
  Ec2: InterfaceVpcEndpointAwsService.EC2,
  Logs: InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
  SecretsManager: InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
  Ssm: InterfaceVpcEndpointAwsService.SSM,
  SsmMessages: InterfaceVpcEndpointAwsService.SSM_MESSAGES,
};
for (const [name, service] of Object.entries(services)) {
  vpc.addInterfaceEndpoint(name, { service, subnets: gatewaySubnets });
}
new OpenClawPod(stack, 'Pod', {
  domain: {
    hostedZone: HostedZone.fromHostedZoneAttributes(stack, 'Zone', {
      hostedZoneId: 'Z0123456789ABCDEFGHIJ',
      zoneName: 'example.com',
    }),
    privateZone: HostedZone.fromHostedZoneAttributes(stack, 'PrivateZone', {
      hostedZoneId: 'Z9876543210ABCDEFGHIJ',
      zoneName: 'example.com',
    }),
    names: ['openclaw.example.com'],
  },
  existingNetwork: {
    vpc,
    loadBalancerSubnets: { subnetGroupName: 'Edge' },
    gatewaySubnets,
  },
  network: { internetFacing: false, allowedCidrs: ['10.0.0.0/8'] },
  bedrock: { guardrail: { id: 'abc123def456', version: '1' } },
});
