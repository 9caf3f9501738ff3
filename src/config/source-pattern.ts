import { isIPv4, isIPv6 } from 'node:net';
import { hostMistake } from './address.js';

/** What a pattern of from= is made of. Quotes, commas and blanks would end it in authorized_keys. */
const CHARACTERS = /^[A-Za-z0-9._:*?/-]+$/;
const WILDCARD = /[*?]/;

/**
 * What is wrong with a pattern of `from=` in authorized_keys, as the end of a sentence; undefined when sshd(8) reads it as
 * meant: an IP address, a network, or a name or address with the wildcards `*` and `?`. A `!` in front excludes.
 */
export function sourcePatternMistake(pattern: string): string | undefined {
  const plain = pattern.startsWith('!') ? pattern.slice(1) : pattern;
  if (plain === '') return 'is empty; write an IP address or a network such as 192.0.2.0/24';
  if (!CHARACTERS.test(plain))
    return 'has a character that no pattern has; write each address as an item of its own, without quotes, commas and blanks';
  if (plain.includes('/')) return networkMistake(plain);
  return WILDCARD.test(plain) ? undefined : hostMistake(plain);
}

/** sshd refuses every login with a key whose `from=` has a network with bits beyond its length. */
function networkMistake(network: string): string | undefined {
  const [address = '', length = '', more] = network.split('/');
  const bits = isIPv4(address) ? 32 : 128;
  const known = isIPv4(address) || isIPv6(address);
  if (!known || more !== undefined || !/^\d{1,3}$/.test(length) || Number(length) > bits)
    return 'is not a network; write it such as 192.0.2.0/24 or 2001:db8::/32';
  const rest = BigInt(bits - Number(length));
  if ((numberOf(address) >> rest) << rest === numberOf(address)) return undefined;
  return 'has bits set beyond its length, which sshd refuses; write the first address of the network';
}

/** An IP address as one number. */
function numberOf(address: string): bigint {
  if (isIPv4(address)) return address.split('.').reduce((sum, part) => (sum << 8n) + BigInt(part), 0n);
  const [head = '', tail] = address.split('::');
  const groups = (part: string): bigint[] =>
    part === '' ? [] : part.split(':').flatMap((group) => groupsOf(group));
  const [before, after] = [groups(head), groups(tail ?? '')];
  const middle = Array.from({ length: 8 - before.length - after.length }, () => 0n);
  return [...before, ...middle, ...after].reduce((sum, group) => (sum << 16n) + group, 0n);
}

/** An IPv6 address may end like an IPv4 address. */
function groupsOf(group: string): bigint[] {
  if (!group.includes('.')) return [BigInt(`0x${group}`)];
  const number = numberOf(group);
  return [number >> 16n, number & 0xffffn];
}
