import { isIP } from 'node:net';
import { AiworkError } from '@aiwork/core';
import type { FastifyInstance } from 'fastify';

/**
 * Keeps pages of the web away from a server for everybody on this machine: a browser sends it what a page asks of a name
 * that the page's owner lets point here, and lets the page read the answer. Such a request names that host.
 */
export function refuseForeignHosts(app: FastifyInstance): void {
  app.addHook('onRequest', ({ hostname, socket }, _reply, done) => {
    if (isOwn(hostname) || !isLoopback(socket.localAddress)) done();
    else
      done(
        new AiworkError(
          'AIWORK_FORBIDDEN',
          `this server is for all on its machine, and not for pages of ${JSON.stringify(hostname)}: ask for it as localhost, or give it auth`,
        ),
      );
  });
}

const isLoopback = (address = '') => /^(::ffff:)?127\.|^::1$/.test(address);

/** An address, or a name that nobody out there can have made point here. */
const isOwn = (hostname: string) =>
  !hostname.includes('.') ||
  hostname.endsWith('.localhost') ||
  isIP(hostname) === 4 ||
  hostname.startsWith('[');
