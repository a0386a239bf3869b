import {
  type RequestEnd,
  readTraceContext,
  type Span,
  type Telemetry,
  type TraceContext,
} from '@aiwork/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Of what in a distributed trace the work for a request is a part; nothing when nobody says. */
export type TraceOf = (request: FastifyRequest) => TraceContext | undefined;

const spanOf = Symbol('span');

declare module 'fastify' {
  interface FastifyRequest {
    [spanOf]?: Span<RequestEnd>;
  }
}

/** What proxies log when a client went away before it was answered. */
const clientGone = 499;

/**
 * Has telemetry know every request from its headers to the end of its answer, except those that become WebSockets, which
 * have none. Without telemetry, the trace that a request says it is a part of is all there is.
 */
export function traceRequests(
  app: FastifyInstance,
  telemetry: Pick<Telemetry, 'request'> | undefined,
): TraceOf {
  if (!telemetry) return givenTrace;
  app.decorateRequest(spanOf);

  app.addHook('onRequest', (request, reply, done) => {
    const { method, headers, routeOptions } = request;
    if (headers.upgrade !== undefined) return done();
    const span = telemetry.request({ method, route: routeOptions.url ?? '*' }, givenTrace(request));
    request[spanOf] = span;
    const { raw } = reply;
    raw.once('close', () => span.end({ statusCode: raw.writableFinished ? raw.statusCode : clientGone }));
    const trace = readTraceContext(span.trace);
    if (trace) {
      reply.header('traceresponse', trace.traceparent);
      // So that what is logged of a request is found by its trace, and the other way round.
      reply.log = request.log = request.log.child({ trace_id: trace.traceparent.split('-')[1] });
    }
    done();
  });
  // Reading the body loses what is active.
  app.addHook('preHandler', (request, _reply, done) => {
    const span = request[spanOf];
    if (span) span.within(done);
    else done();
  });
  // A telemetry that has no trace must not have runs refused.
  return (request) => readTraceContext(request[spanOf]?.trace ?? {}) ?? givenTrace(request);
}

function givenTrace({ headers }: FastifyRequest): TraceContext | undefined {
  return readTraceContext({ traceparent: headers['traceparent'], tracestate: headers['tracestate'] });
}
