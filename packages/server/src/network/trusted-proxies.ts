import { invalidArgument } from '@aiwork/core/adapter-kit';
import ipaddr from 'ipaddr.js';

const names = ['loopback', 'linklocal', 'uniquelocal'];

/**
 * Whose `X-Forwarded-For` is believed, as Fastify takes it.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when one of them is no address, network or name of networks.
 */
export function trustedProxies(proxies: readonly string[]): string[] | false {
  for (const proxy of proxies) {
    if (names.includes(proxy) || ipaddr.isValid(proxy) || ipaddr.isValidCIDR(proxy)) continue;
    throw invalidArgument(
      `trustProxy holds ${JSON.stringify(proxy)}: give addresses or networks such as 10.0.0.7 or 10.0.0.0/8, or ${names.join(', ')}`,
    );
  }
  return proxies.length > 0 && [...proxies];
}
