import { z } from 'zod';
import { parseCidr } from './cidr.ts';
import { must } from './must.ts';

const cidr = z.string().refine(
  ...must<string>(
    (text) => parseCidr(text) !== undefined,
    'CIDR_INVALID',
    (shown) => `${shown} is not a CIDR block, as in 10.0.0.0/24.`,
  ),
);

const vpcCidr = cidr.refine(
  ...must<string>(
    (text) => {
      const block = parseCidr(text);
      return !block || (block.family === 'ipv4' && block.prefix >= 16 && block.prefix <= 24);
    },
    'CIDR_INVALID',
    (shown) => `${shown}: the VPC of a pod is an IPv4 block of /16 to /24.`,
  ),
);

/** No wider than a subnet: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html */
const proxyCidr = cidr.refine(
  ...must<string>(
    (text) => {
      const block = parseCidr(text);
      return !block || block.prefix >= (block.family === 'ipv4' ? 16 : 64);
    },
    'TRUSTED_PROXIES_TOO_WIDE',
    (shown) =>
      `${shown} is wider than a subnet can be: everyone in it could claim to be any user. ` +
      'Give the CIDR blocks of the subnets of the load balancer.',
  ),
);

export const networkOptions = z.strictObject({
  /** IPv4 block of the pod's own VPC, /16 to /24. Default: 10.0.0.0/16. */
  cidr: vpcCidr.default('10.0.0.0/16'),
  /** NAT gateways of the own VPC, 1 or 2: one is cheaper, two survive the loss of an Availability Zone. Default: 2. */
  natGateways: z.int().min(1).max(2).default(2),
  /** Whether the load balancer has public addresses. Default: true. */
  internetFacing: z.boolean().default(true),
  /** Who may reach the login page. Default: everybody, 0.0.0.0/0 and ::/0. */
  allowedCidrs: z.array(cidr).min(1).default(['0.0.0.0/0', '::/0']),
  /** Addresses that the gateway believes. Default: the CIDR blocks of the load balancer's subnets. */
  trustedProxies: z.array(proxyCidr).min(1).optional(),
});
