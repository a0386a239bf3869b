import { invalidArgument } from '@aiwork/core/adapter-kit';
import ipaddr from 'ipaddr.js';

/** Which addresses may be connected to. */
export interface Networks {
  isPublic(address: string): boolean;
  /** Whether it is in one of those that were named. */
  isNamed(address: string): boolean;
}

/** @throws `AIWORK_INVALID_ARGUMENT` when one of them is no network. */
export function networksOf(named: readonly string[]): Networks {
  const ranges = named.map((text) => {
    if (!ipaddr.isValidCIDR(text))
      throw invalidArgument(
        `allowedNetworks holds ${JSON.stringify(text)}: give networks such as 10.0.0.0/8 or fd00::/8`,
      );
    return ipaddr.parseCIDR(text);
  });
  return {
    // IPv4 in the form of IPv6 is what it stands for.
    isPublic: (address) => ipaddr.isValid(address) && ipaddr.process(address).range() === 'unicast',
    isNamed(address) {
      if (!ipaddr.isValid(address)) return false;
      const parsed = ipaddr.process(address);
      return ranges.some(([base, bits]) => parsed.kind() === base.kind() && parsed.match(base, bits));
    },
  };
}
