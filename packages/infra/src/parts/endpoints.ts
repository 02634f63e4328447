import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct, type IDependable } from 'constructs';

export interface EndpointsProps {
  readonly vpc: ec2.IVpc;
  readonly subnets: readonly ec2.ISubnet[];
  /** Who calls AWS. */
  readonly client: ec2.ISecurityGroup;
  /** Whether the Bedrock that is called is of this Region: an endpoint leads nowhere else. */
  readonly bedrock: boolean;
}

/**
 * What an instance calls of AWS, but for S3, which has a gateway endpoint that costs nothing, EFS, which is in the VPC, and the user
 * pool, which is asked each few seconds who is in: its login page can be reached by no endpoint, so it needs NAT anyway.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/vpc-interface-endpoints.html
 * https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
 */
export const endpointServices = {
  AutoScaling: ec2.InterfaceVpcEndpointAwsService.AUTOSCALING,
  Bedrock: ec2.InterfaceVpcEndpointAwsService.BEDROCK,
  BedrockRuntime: ec2.InterfaceVpcEndpointAwsService.BEDROCK_RUNTIME,
  Ec2: ec2.InterfaceVpcEndpointAwsService.EC2,
  Logs: ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
  SecretsManager: ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
  Ssm: ec2.InterfaceVpcEndpointAwsService.SSM,
  SsmMessages: ec2.InterfaceVpcEndpointAwsService.SSM_MESSAGES,
} as const;

/** Keeps what the instance says to AWS, prompts among it, in the VPC. NAT stays: OpenClaw comes from npm, tokens from the login page. */
export class Endpoints extends Construct {
  readonly established: readonly IDependable[];

  constructor(scope: Construct, id: string, { vpc, subnets, client, bedrock }: EndpointsProps) {
    super(scope, id);
    const services = Object.entries(endpointServices).filter(
      ([name]) => bedrock || !name.startsWith('Bedrock'),
    );
    const group = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'Endpoints of AWS for an OpenClaw pod',
      allowAllOutbound: false,
    });
    group.connections.allowFrom(client, ec2.Port.tcp(443), 'The gateway');
    this.established = services.map(
      ([name, service]) =>
        new ec2.InterfaceVpcEndpoint(this, name, {
          vpc,
          service,
          subnets: { subnets: [...subnets] },
          securityGroups: [group],
          open: false,
        }),
    );
  }
}
