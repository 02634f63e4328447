import { egressChoices, egressName } from '@clawharbor/bootstrap/spec';
import * as z from 'zod';
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

/** Most names: the spec is to stay within a parameter. */
const mostNames = 200;

type Egress = (typeof egressChoices)[number] | { allow: string[] };

const egress = z
  .custom<Egress>(
    ...must<unknown>(
      isEgress,
      'EGRESS_INVALID',
      (shown) =>
        `${shown}: commands of agents reach ${egressChoices.join(', ')}, or { allow: [...] } with at most ${mostNames} host names in ` +
        'lower case, as in registry.npmjs.org or *.example.com; no addresses, no ports.',
    ),
  )
  .default('open');

function isEgress(value: unknown): boolean {
  if (typeof value !== 'object' || value === null)
    return (egressChoices as readonly unknown[]).includes(value);
  const { allow, ...others } = value as { readonly allow?: unknown };
  return (
    Object.keys(others).length === 0 &&
    Array.isArray(allow) &&
    allow.length <= mostNames &&
    allow.every((name) => typeof name === 'string' && egressName.test(name))
  );
}

export const networkOptions = z.strictObject({
  cidr: vpcCidr.default('10.0.0.0/16'),
  natGateways: z.int().min(1).max(2).default(2),
  endpoints: z.boolean().default(false),
  internetFacing: z.boolean().default(true),
  allowedCidrs: z.array(cidr).min(1).default(['0.0.0.0/0', '::/0']),
  trustedProxies: z.array(proxyCidr).min(1).optional(),
  egress,
});
