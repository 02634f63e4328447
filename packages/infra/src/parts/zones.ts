import { Stack } from 'aws-cdk-lib';
import type { ISubnet } from 'aws-cdk-lib/aws-ec2';
import { InfraError } from '../errors.ts';

/** The first subnet of each Availability Zone. One whose zone is not told to CDK may be in any: it stays. */
export function onePerZone(subnets: readonly ISubnet[]): ISubnet[] {
  const taken = new Set<string>();
  return subnets.filter((subnet) => {
    const zone = zoneOf(subnet);
    if (zone === undefined) return true;
    if (taken.has(zone)) return false;
    taken.add(zone);
    return true;
  });
}

/**
 * A load balancer stands in one subnet of a zone, and in two zones at least.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
 *
 * @throws InfraError `SUBNETS_SHARE_ZONE`, `SUBNETS_TOO_FEW`
 */
export function refuseSharedZones(subnets: readonly ISubnet[]): void {
  const first = onePerZone(subnets);
  const second = subnets.find((subnet) => !first.includes(subnet));
  if (second !== undefined) {
    const other = first.find((subnet) => zoneOf(subnet) === zoneOf(second));
    throw new InfraError(
      'SUBNETS_SHARE_ZONE',
      `existingNetwork.loadBalancerSubnets: ${other?.node.path} and ${second.node.path} are in the same Availability ` +
        'Zone, and a load balancer takes one of each. Choose by subnetGroupName or subnets, or say onePerAz: true.',
    );
  }
  if (subnets.length >= 2) return;
  throw new InfraError(
    'SUBNETS_TOO_FEW',
    'existingNetwork.loadBalancerSubnets: a load balancer needs subnets in at least two Availability Zones.',
  );
}

/** @throws InfraError `SUBNETS_TOO_FEW` */
export function refuseNoSubnets(subnets: readonly ISubnet[]): void {
  if (subnets.length > 0) return;
  throw new InfraError(
    'SUBNETS_TOO_FEW',
    'existingNetwork.gatewaySubnets: no subnet is left by this choice, and an instance needs one.',
  );
}

function zoneOf(subnet: ISubnet): string | undefined {
  try {
    return JSON.stringify(Stack.of(subnet).resolve(subnet.availabilityZone));
  } catch {
    // Known by its id only.
    return undefined;
  }
}
