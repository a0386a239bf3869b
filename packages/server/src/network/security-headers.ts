import type { FastifyInstance } from 'fastify';

/** For answers that are data: no page is made of them, or keeps them. A route that gives pages says otherwise itself. */
const headers = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
} as const;

/** That a browser is to come back by `https:` alone, for a year. */
const overTls = { ...headers, 'strict-transport-security': 'max-age=31536000' } as const;

/** What tells browsers to be careful with an answer. */
export const securityHeaders = ({ isTls }: { readonly isTls: boolean }) => (isTls ? overTls : headers);

/** Sends it, and the id that the log has of a request. */
export function sendSecurityHeaders(app: FastifyInstance, sent: ReturnType<typeof securityHeaders>): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(sent).header('x-request-id', request.id);
    done();
  });
}
