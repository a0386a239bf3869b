import type { FastifyInstance } from 'fastify';
import { refusalOf } from './refusal.ts';

/** Answers whatever is refused, and whatever fails, in the same form. */
export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    const { problem, retryAfterSeconds } = refusalOf(error);
    // Of too much to do there is too much to log.
    if (problem.status >= 500 && problem.code !== 'AIWORK_OVERLOADED')
      request.log.error({ err: error }, 'a request failed');
    if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds));
    return reply.code(problem.status).type('application/problem+json').send(problem);
  });
}
