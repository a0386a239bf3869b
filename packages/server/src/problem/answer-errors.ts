import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
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

/** Answers, in the same form, what is asked of addresses that are none. No hook sees that. */
export function refuseBadAddress(
  error: FastifyError,
  { id }: FastifyRequest,
  reply: FastifyReply,
  headers: Readonly<Record<string, string>>,
): void {
  const { problem } = refusalOf(error);
  reply.code(problem.status).headers(headers).header('x-request-id', id);
  void reply.type('application/problem+json').send(JSON.stringify(problem));
}
