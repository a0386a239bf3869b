import type { FastifyInstance, FastifyRequest } from 'fastify';
import { executionParams } from '../schemas.ts';
import { eventStream, toEventText } from '../stream/event-stream.ts';
import { createRunFeeds } from '../stream/run-feed.ts';
import type { RouteContext } from './context.ts';

interface EventsRequest {
  readonly Params: { readonly execution_id: string };
  readonly Querystring: { readonly after?: number };
}

/** The events of an execution as they happen. */
export function eventRoutes(
  app: FastifyInstance,
  { orchestrator, executions, accessOf, draining }: RouteContext,
): void {
  const feeds = createRunFeeds((runId) => orchestrator.open(runId), toEventText);

  app.get(
    '/executions/:execution_id/events',
    {
      schema: {
        operationId: 'watchExecution',
        summary: 'Watch an execution: its events, past ones first, as Server-Sent Events',
        description:
          'Ends when the execution is over. A client that comes back with `Last-Event-ID` misses nothing and sees nothing twice, whichever server it comes back to.',
        tags: ['executions'],
        params: executionParams,
        querystring: {
          type: 'object',
          additionalProperties: false,
          properties: {
            after: {
              type: 'integer',
              minimum: 0,
              description: 'The `seq` of the last event that is known, where no `Last-Event-ID` says it.',
            },
          },
        },
        headers: {
          type: 'object',
          properties: { 'last-event-id': { type: 'string', pattern: '^[0-9]{1,15}$' } },
        },
        response: {
          200: {
            description: 'The events.',
            content: { 'text/event-stream': { schema: { type: 'string' } } },
          },
        },
      },
    },
    async (request: FastifyRequest<EventsRequest>, reply) => {
      const after = Number(request.headers['last-event-id'] ?? request.query.after ?? 0);
      const { execution_id: id } = request.params;
      await executions.require(accessOf(request), id, 'read');
      const reader = new AbortController();
      const stop = AbortSignal.any([reader.signal, draining]);
      const events = await feeds.read(id, after, stop);
      return (
        reply
          .type('text/event-stream')
          .header('cache-control', 'no-cache, no-transform')
          .header('x-accel-buffering', 'no')
          // A stream has its connection to itself; one that is kept after it would keep a server that stops.
          .header('connection', 'close')
          .send(eventStream(events, reader))
      );
    },
  );
}
