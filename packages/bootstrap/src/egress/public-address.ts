import { BlockList, isIP } from 'node:net';

/** What is not on the internet: https://www.iana.org/assignments/iana-ipv4-special-registry and its like for IPv6. */
const ipv4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];

const special = new BlockList();
for (const [address, prefix] of ipv4) special.addSubnet(address, prefix, 'ipv4');

/** All of the internet in IPv6, but for what stands for other addresses (Teredo, 6to4) or for nobody. */
const internet = new BlockList();
internet.addSubnet('2000::', 3, 'ipv6');
const outside = new BlockList();
outside.addSubnet('2001::', 23, 'ipv6');
outside.addSubnet('2001:db8::', 32, 'ipv6');
outside.addSubnet('2002::', 16, 'ipv6');
outside.addSubnet('3fff::', 20, 'ipv6');

/** Whether it is an address of the internet: not of the machine, its metadata, its VPC or a private network. */
export function isPublic(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !special.check(address, 'ipv4');
    case 6:
      return internet.check(address, 'ipv6') && !outside.check(address, 'ipv6');
    default:
      return false;
  }
}
