import { Stack, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct, type IDependable } from 'constructs';
import { overlap, parseCidr } from '../options/cidr.ts';
import { InfraError } from '../errors.ts';
import type { PodOptions } from '../options/pod-options.ts';
import { onePerZone, refuseNoSubnets, refuseSharedZones } from './zones.ts';

/** A VPC that is there already, and where in it the pod lives. */
export interface ExistingNetwork {
  readonly vpc: ec2.IVpc | ec2.Vpc;
  /**
   * One in each of at least two Availability Zones
   * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#subnets-load-balancer).
   * Default: the first public subnet of each zone, or the first private one for an internal load balancer.
   * Refused: `SUBNETS_TOO_FEW`, `SUBNETS_SHARE_ZONE`.
   */
  readonly loadBalancerSubnets?: ec2.SubnetSelection;
  /**
   * Need a way out to AWS and npm. There may be several in a zone: the file system gets a mount target in the first of
   * each (https://docs.aws.amazon.com/efs/latest/ug/accessing-fs.html). Default: the private subnets.
   * Refused: `SUBNETS_TOO_FEW`.
   */
  readonly gatewaySubnets?: ec2.SubnetSelection;
  /** Whether the subnets of the load balancer have IPv6 blocks. Default: false. */
  readonly ipv6?: boolean;
  /**
   * Of the load balancer: lets in whom it lets in, whatever `network.allowedCidrs` says. The pod adds the way to the gateway
   * and to the login page, unless the group was given as `mutable: false`. Default: one of its own.
   */
  readonly loadBalancerSecurityGroup?: ec2.ISecurityGroup;
  /**
   * Of the instance, which needs a way out. The pod adds the way from the load balancer, as for `loadBalancerSecurityGroup`.
   * Must be another one. Default: one of its own. Refused: `SECURITY_GROUP_SHARED`.
   */
  readonly gatewaySecurityGroup?: ec2.ISecurityGroup;
}

export interface NetworkProps {
  readonly options: PodOptions['network'];
  readonly existing?: ExistingNetwork | undefined;
}

/** Two kinds of subnets: those of the load balancer, which the gateway believes, and those of the gateway. */
export class Network extends Construct {
  readonly vpc: ec2.IVpc;
  readonly loadBalancerSubnets: readonly ec2.ISubnet[];
  readonly gatewaySubnets: readonly ec2.ISubnet[];
  /** One of the gateway's in each zone: a file system has at most one mount target there. */
  readonly mountTargetSubnets: readonly ec2.ISubnet[];
  readonly internetConnectivityEstablished: IDependable;
  /** Whether the CLI has still to look up the VPC. */
  readonly isPendingLookup: boolean;
  readonly ipv6: boolean;
  readonly loadBalancerSecurityGroup: ec2.ISecurityGroup | undefined;
  /** CIDR blocks from which the gateway believes what a header says of the user. */
  readonly trustedProxies: readonly string[];

  /**
   * @throws InfraError `SUBNETS_TOO_FEW`, `SUBNETS_SHARE_ZONE`, `TRUSTED_PROXIES_UNKNOWN`,
   * `MACHINE_AMONG_TRUSTED_PROXIES`, `SECURITY_GROUP_SHARED`
   */
  constructor(scope: Construct, id: string, { options, existing }: NetworkProps) {
    super(scope, id);
    // With exactOptionalPropertyTypes a Vpc is no IVpc to the compiler: the d.ts of aws-cdk-lib lacks an undefined.
    this.vpc = (existing?.vpc ?? this.ownVpc(options)) as ec2.IVpc;
    if (existing === undefined) this.node.defaultChild = this.vpc.node.defaultChild;
    this.ipv6 = existing ? (existing.ipv6 ?? false) : true;
    const entrance = this.vpc.selectSubnets(
      existing
        ? (existing.loadBalancerSubnets ?? { ...defaultSubnets(options), onePerAz: true })
        : { subnetGroupName: 'load-balancer' },
    );
    const gateway = this.vpc.selectSubnets(
      existing
        ? (existing.gatewaySubnets ?? { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS })
        : { subnetGroupName: 'gateway' },
    );
    this.loadBalancerSecurityGroup = existing?.loadBalancerSecurityGroup;
    refuseSharedGroup(existing);
    this.loadBalancerSubnets = entrance.subnets;
    this.gatewaySubnets = gateway.subnets;
    this.mountTargetSubnets = onePerZone(gateway.subnets);
    this.internetConnectivityEstablished = gateway.internetConnectivityEstablished;
    this.trustedProxies = options.trustedProxies ?? cidrsOf(entrance.subnets);
    // Of a VPC that the CLI has still to look up nothing is known but that it will be one.
    this.isPendingLookup = entrance.isPendingLookup === true || gateway.isPendingLookup === true;
    if (this.isPendingLookup) return;
    refuseSharedZones(entrance.subnets);
    refuseNoSubnets(gateway.subnets);
    this.refuseGatewayAmongProxies();
  }

  private ownVpc({ cidr, natGateways, internetFacing }: PodOptions['network']): ec2.Vpc {
    const { PUBLIC, PRIVATE_WITH_EGRESS } = ec2.SubnetType;
    const cidrMask = Math.max(24, (parseCidr(cidr)?.prefix ?? 16) + 3);
    const vpc = new ec2.Vpc(this, 'Vpc', {
      ipAddresses: ec2.IpAddresses.cidr(cidr),
      ipProtocol: ec2.IpProtocol.DUAL_STACK,
      maxAzs: 2,
      natGateways,
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [
        ...(internetFacing
          ? [{ name: 'load-balancer', subnetType: PUBLIC, cidrMask }]
          : [
              { name: 'nat', subnetType: PUBLIC, cidrMask },
              { name: 'load-balancer', subnetType: PRIVATE_WITH_EGRESS, cidrMask },
            ]),
        { name: 'gateway', subnetType: PRIVATE_WITH_EGRESS, cidrMask },
      ],
    });
    // Free, and keeps the bundle and the packages of Amazon Linux off the NAT gateways.
    vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
    return vpc;
  }

  /** The agent runs programs: from an address that the gateway believes it could claim to be any user. */
  private refuseGatewayAmongProxies(): void {
    const proxies = this.trustedProxies.flatMap((text) => parseCidr(text) ?? []);
    for (const subnet of this.gatewaySubnets) {
      const shared = this.loadBalancerSubnets.some((other) => other.subnetId === subnet.subnetId);
      const block = cidrOf(subnet);
      const inside = block !== undefined && proxies.some((proxy) => overlap(proxy, block));
      if (!shared && !inside) continue;
      throw new InfraError(
        'MACHINE_AMONG_TRUSTED_PROXIES',
        `network.gatewaySubnets: ${subnet.node.path} is among the trusted proxies ${this.trustedProxies.join(', ')}: ` +
          'a program on the instance could claim to be any user. Give the gateway subnets of its own.',
      );
    }
  }
}

/** What lets people in to the load balancer would let them in to the gateway, past the login. */
function refuseSharedGroup(existing: ExistingNetwork | undefined): void {
  const { loadBalancerSecurityGroup, gatewaySecurityGroup } = existing ?? {};
  if (gatewaySecurityGroup === undefined || loadBalancerSecurityGroup === undefined) return;
  if (gatewaySecurityGroup.securityGroupId !== loadBalancerSecurityGroup.securityGroupId) return;
  throw new InfraError(
    'SECURITY_GROUP_SHARED',
    'existingNetwork.gatewaySecurityGroup: is that of the load balancer: who reaches the login page would reach the gateway ' +
      'behind it. Give the gateway one of its own.',
  );
}

function defaultSubnets({ internetFacing }: PodOptions['network']): ec2.SubnetSelection {
  return { subnetType: internetFacing ? ec2.SubnetType.PUBLIC : ec2.SubnetType.PRIVATE_WITH_EGRESS };
}

function cidrsOf(subnets: readonly ec2.ISubnet[]): string[] {
  return subnets.map((subnet) => {
    try {
      return subnet.ipv4CidrBlock;
    } catch (cause) {
      throw new InfraError(
        'TRUSTED_PROXIES_UNKNOWN',
        `network.trustedProxies: the CIDR block of ${subnet.node.path} is not known at synth. ` +
          'Give the blocks of the subnets of the load balancer.',
        { cause },
      );
    }
  });
}

/** @returns undefined where only the deployment knows */
function cidrOf(subnet: ec2.ISubnet) {
  try {
    const text = subnet.ipv4CidrBlock;
    return Token.isUnresolved(Stack.of(subnet).resolve(text)) ? undefined : parseCidr(text);
  } catch {
    return undefined;
  }
}
