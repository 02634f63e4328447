import { isIPv4, isIPv6 } from 'node:net';

/**
 * Cuts a block into smaller ones: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-cidr.html
 * @param bits of the host part of each
 * @returns undefined when they do not fit
 */
export function cidrBlocks(block: string, count: number, bits: number): string[] | undefined {
  const [address = '', length = ''] = block.split('/');
  const total = isIPv4(address) ? 32 : isIPv6(address) ? 128 : undefined;
  if (total === undefined || !/^\d+$/.test(length) || Number(length) > total) return undefined;
  const room = total - Number(length) - bits;
  if (room < 0 || BigInt(count) > 1n << BigInt(room)) return undefined;
  const first =
    (toNumber(address, total) >> BigInt(total - Number(length))) << BigInt(total - Number(length));
  return Array.from(
    { length: count },
    (_, index) => `${toAddress(first + (BigInt(index) << BigInt(bits)), total)}/${total - bits}`,
  );
}

/** The address at a place in a block: 0 is the network itself. */
export function addressIn(block: string, place: number): string {
  const [address = '', length = ''] = block.split('/');
  const total = isIPv4(address) ? 32 : 128;
  const host = BigInt(total - Number(length));
  return toAddress(((toNumber(address, total) >> host) << host) + BigInt(place), total);
}

function toNumber(address: string, total: number): bigint {
  if (total === 32) return address.split('.').reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right].reduce((sum, part) => (sum << 16n) | BigInt(`0x${part}`), 0n);
}

function toAddress(value: bigint, total: number): string {
  if (total === 32) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
  const parts = Array.from({ length: 8 }, (_, index) =>
    ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
  );
  // `::` for the zeros at the end is all that a block needs.
  const end = parts.findLastIndex((part) => part !== '0') + 1;
  return end > 6 ? parts.join(':') : `${parts.slice(0, end).join(':')}::`;
}
