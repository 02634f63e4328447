import { BlockList, isIP } from 'node:net';

export interface Cidr {
  readonly address: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
}

/** @returns undefined when the text is no CIDR block, as in 10.0.0.0/24 or 2001:db8::/56 */
export function parseCidr(text: string): Cidr | undefined {
  const [address = '', prefixText = '', ...rest] = text.split('/');
  const version = isIP(address);
  const prefix = Number(prefixText);
  if (version === 0 || rest.length > 0 || !/^\d{1,3}$/.test(prefixText)) return undefined;
  if (prefix > (version === 4 ? 32 : 128)) return undefined;
  return { address, prefix, family: version === 4 ? 'ipv4' : 'ipv6' };
}

/** Whether two blocks have an address in common. */
export function overlap(a: Cidr, b: Cidr): boolean {
  if (a.family !== b.family) return false;
  const [wide, narrow] = a.prefix <= b.prefix ? [a, b] : [b, a];
  const block = new BlockList();
  block.addSubnet(wide.address, wide.prefix, wide.family);
  return block.check(narrow.address, narrow.family);
}
