import { Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { InfraErrorCode } from '../errors.ts';

export interface GatewayIngress {
  /** Of the instance. What is in one that was imported nobody sees; what this app adds to it is seen. */
  readonly gateway: ec2.ISecurityGroup;
  readonly loadBalancer: ec2.IConnectable;
  readonly port: number;
}

/**
 * Refuses at synth, when all rules are there, a way to the port of the gateway that is not the load balancer's: who takes it
 * says who they are, and is believed where the address is one of the trusted proxies.
 */
export function refuseOtherIngress(pod: Construct, { gateway, loadBalancer, port }: GatewayIngress): void {
  const code: InfraErrorCode = 'GATEWAY_OPEN';
  pod.node.addValidation({
    validate: () => {
      const allowed = new Set<unknown>(
        loadBalancer.connections.securityGroups.map(({ securityGroupId }) => securityGroupId),
      );
      return rulesOf(gateway)
        .filter((rule) => covers(rule, port) && !allowed.has(rule.sourceSecurityGroupId))
        .map(
          (rule) =>
            `${code} ${gateway.node.path}: ${sourceOf(rule)} is let in to port ${port} of the gateway, past the login. ` +
            'Let people in to the load balancer instead: loadBalancer.connections.',
        );
    },
  });
}

/** As CDK writes it, inline or as a resource of its own. */
interface Rule {
  readonly ipProtocol: string;
  readonly fromPort?: number | undefined;
  readonly toPort?: number | undefined;
  /** Of these four one is there. */
  readonly cidrIp?: string | undefined;
  readonly cidrIpv6?: string | undefined;
  readonly sourcePrefixListId?: unknown;
  readonly sourceSecurityGroupId?: unknown;
}

function rulesOf(group: ec2.ISecurityGroup): Rule[] {
  return group.node.findAll().flatMap((child): Rule[] => {
    if (child instanceof ec2.CfnSecurityGroupIngress) return [child];
    if (!(child instanceof ec2.CfnSecurityGroup)) return [];
    return (Stack.of(child).resolve(child.securityGroupIngress) as Rule[] | undefined) ?? [];
  });
}

/** `-1` is every protocol and has no ports. */
function covers({ ipProtocol, fromPort, toPort }: Rule, port: number): boolean {
  if (ipProtocol === '-1') return true;
  return ipProtocol === 'tcp' && (fromPort ?? 0) <= port && port <= (toPort ?? 65_535);
}

function sourceOf({ cidrIp, cidrIpv6, sourcePrefixListId }: Rule): string {
  return (
    cidrIp ?? cidrIpv6 ?? (sourcePrefixListId === undefined ? 'another security group' : 'a prefix list')
  );
}
