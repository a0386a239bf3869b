import { AiworkError } from '@aiwork/core';
import type { FastifyInstance } from 'fastify';

/** What changes nothing, and what asks whether something may. */
const harmless = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Keeps pages of the web from changing anything at a server for everybody on this machine: a form, or a request without a
 * body, is sent by a browser without asking whether it may. Browsers say where such a request comes from, and pages cannot
 * keep them from it.
 */
export function refuseForeignPages(app: FastifyInstance, origins: readonly string[]): void {
  app.addHook('onRequest', ({ method, headers }, _reply, done) => {
    const { origin = '' } = headers;
    const isForeign = headers['sec-fetch-site'] === 'cross-site' && !harmless.includes(method);
    if (!isForeign || origins.includes('*') || origins.includes(origin)) done();
    else
      done(
        new AiworkError(
          'AIWORK_FORBIDDEN',
          `this server is for all on its machine, and not for pages of ${JSON.stringify(origin)}: name that among its CORS origins, or give it auth`,
        ),
      );
  });
}
