import { asAMember } from './as-a-member.ts';
import { atAnotherAddress, atTheGatewaysPort } from './at-the-gateways-port.ts';
import type { Attack } from './attack.ts';
import { withoutALogin } from './without-a-login.ts';

export interface WayIn {
  readonly name: 'no login' | 'a member' | 'the port' | 'another address';
  /** Heading of the table in docs/security.md. */
  readonly heading: string;
  readonly attacks: readonly Attack[];
}

/** Every way in, and what is tried there. A way in for machines (`/hooks/`) is one more. */
export const waysIn: readonly WayIn[] = [
  { name: 'no login', heading: 'Through the load balancer, without a login', attacks: withoutALogin },
  { name: 'a member', heading: 'Through the load balancer, as a member who wants more', attacks: asAMember },
  {
    name: 'the port',
    heading: 'At the gateway’s port, from the address of the load balancer',
    attacks: atTheGatewaysPort,
  },
  {
    name: 'another address',
    heading: 'At the gateway’s port, from another address',
    attacks: atAnotherAddress,
  },
];
