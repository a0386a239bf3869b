import { AiworkError } from '@aiwork/core';
import type { FastifyInstance } from 'fastify';

/** Refuses what still comes over connections that are open while the server stops: another one is to be asked. */
export function refuseWhileDraining(app: FastifyInstance, draining: AbortSignal): void {
  app.addHook('onRequest', (_request, reply, done) => {
    if (!draining.aborted) return done();
    reply.header('connection', 'close');
    done(
      new AiworkError('AIWORK_CLOSED', 'the server stops: ask another one', {
        outcome: 'not-applied',
        retryable: true,
      }),
    );
  });
}
