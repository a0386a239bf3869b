import type { FastifyInstance, FastifyRequest } from 'fastify';
import { executionParams } from '../schemas.ts';
import { checkOrigin } from '../stream/accept-sockets.ts';
import type { EventReader } from '../stream/event-reader.ts';
import { sendEvents } from '../stream/event-socket.ts';
import { streamEvents } from '../stream/event-stream.ts';
import { createRunFeeds } from '../stream/run-feed.ts';
import { createWritePace } from '../stream/write-pace.ts';
import type { RouteContext } from './context.ts';

interface EventsRequest {
  readonly Params: { readonly execution_id: string };
  readonly Querystring: { readonly after?: number };
}

/** The events of an execution as they happen. */
export function eventRoutes(
  app: FastifyInstance,
  {
    orchestrator,
    executions,
    accessOf,
    takeStreamPlace,
    maxEventDelayMs,
    socketOrigins,
    draining,
  }: RouteContext,
): void {
  const feeds = createRunFeeds(orchestrator, createWritePace(maxEventDelayMs));
  const readers = new Set<AbortController>();
  // One listener for all: a signal made of two for each of a thousand readers takes longer than what they are sent.
  const stop = () => {
    for (const reader of readers) reader.abort();
  };
  draining.addEventListener('abort', stop, { once: true });

  function watch({ headers, query, params }: FastifyRequest<EventsRequest>) {
    const after = Number(headers['last-event-id'] ?? query.after ?? 0);
    const reader = new AbortController();
    readers.add(reader);
    reader.signal.addEventListener('abort', () => readers.delete(reader), { once: true });
    if (draining.aborted) reader.abort();
    const send = (each: EventReader) => feeds.send(params.execution_id, after, each);
    return { send, reader };
  }

  app.route<EventsRequest>({
    method: 'GET',
    url: '/executions/:execution_id/events',
    // Who asks for no body would be read events for until the run is over, long after it has gone.
    exposeHeadRoute: false,
    schema: {
      operationId: 'watchExecution',
      summary: 'Watch an execution: its events, past ones first, as Server-Sent Events',
      description:
        'Ends when the execution is over. A client that comes back with `Last-Event-ID` misses nothing and sees nothing twice, whichever server it comes back to. Over WebSocket, each event is a message, and what is known is said with `after`.',
      tags: ['executions'],
      params: executionParams,
      querystring: {
        type: 'object',
        additionalProperties: false,
        properties: {
          after: {
            type: 'integer',
            minimum: 0,
            maximum: 999_999_999_999_999,
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
    async preHandler(request, reply) {
      if (request.ws) checkOrigin(request, socketOrigins);
      await executions.require(accessOf(request), request.params.execution_id, 'read');
      takeStreamPlace(request, reply);
    },
    async handler(request, reply) {
      const { send, reader } = watch(request);
      reply
        .type('text/event-stream')
        .header('cache-control', 'no-cache, no-transform')
        .header('x-accel-buffering', 'no')
        // A stream has its connection to itself; one that is kept after it would keep a server that stops.
        .header('connection', 'close');
      const onError = (error: unknown) => request.log.error({ err: error }, 'a stream of events failed');
      // Piped through a stream for each reader, it takes more of the processor than what is written.
      reply.hijack();
      const { raw: response } = reply;
      for (const [name, value] of Object.entries(reply.getHeaders()))
        if (value !== undefined) response.setHeader(name, value);
      response.writeHead(200);
      await streamEvents(send, { response, reader, onError });
    },
    wsHandler(socket, request) {
      const { send, reader } = watch(request);
      const onError = (error: unknown) => request.log.error({ err: error }, 'a WebSocket failed');
      return sendEvents(send, { socket, connection: request.raw.socket, reader, draining, onError });
    },
  });
}
