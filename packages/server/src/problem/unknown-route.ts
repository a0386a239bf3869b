import { STATUS_CODES } from 'node:http';
import type { Problem } from '@aiwork/client';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/**
 * Answers what no route takes: 405 with `Allow` where another method would be taken, 404 elsewhere. Sees the routes that
 * are added after it.
 */
export function refuseUnknownRoutes(app: FastifyInstance): void {
  const methodsOf = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    const methods = methodsOf.get(url) ?? new Set();
    methodsOf.set(url, methods);
    for (const each of [method].flat()) methods.add(each.toUpperCase());
  });

  function allowedAt(path: string): readonly string[] {
    const parts = path.split('/');
    const allowed = [...methodsOf].flatMap(([url, methods]) =>
      isAt(url.split('/'), parts) ? [...methods] : [],
    );
    return [...new Set(allowed)];
  }

  function refuse(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const path = request.url.split('?')[0] ?? '';
    const allowed = allowedAt(path);
    const status = allowed.length > 0 ? 405 : 404;
    if (status === 405) reply.header('allow', allowed.join(', '));
    const detail = `there is no ${request.method} ${path}`;
    const problem: Problem = {
      type: 'about:blank',
      title: STATUS_CODES[status] ?? 'Error',
      status,
      detail: allowed.length > 0 ? `${detail}; there is ${allowed.join(', ')}` : detail,
    };
    return reply.code(status).type('application/problem+json').send(problem);
  }

  app.setNotFoundHandler(refuse);
  // Before Fastify asks what a body, which nobody will read, is made of.
  app.addHook('onRequest', (request, reply, done) => {
    if (request.is404) refuse(request, reply);
    else done();
  });
}

/** Whether a path is one of an address that may have parameters, part by part. */
function isAt(address: readonly string[], path: readonly string[]): boolean {
  return (
    address.length === path.length &&
    address.every((part, i) => (part.startsWith(':') ? path[i] !== '' : part === path[i]))
  );
}
