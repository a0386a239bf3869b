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

/** A request as telemetry knows it. */
interface Traced {
  readonly span: Span<RequestEnd>;
  /** Absent where telemetry has none that can be passed on. */
  readonly trace: TraceContext | undefined;
}

const traced = Symbol('traced');

declare module 'fastify' {
  interface FastifyRequest {
    [traced]?: Traced;
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
  app.decorateRequest(traced);

  app.addHook('onRequest', (request, reply, done) => {
    const { method, headers, routeOptions } = request;
    if (headers.upgrade !== undefined) return done();
    const span = telemetry.request({ method, route: routeOptions.url ?? '*' }, givenTrace(request));
    const trace = readTraceContext(span.trace);
    request[traced] = { span, trace };
    const { raw } = reply;
    raw.on('close', () => span.end({ statusCode: raw.writableFinished ? raw.statusCode : clientGone }));
    if (trace) {
      reply.header('traceresponse', trace.traceparent);
      // So that what is logged of a request is found by its trace, and the other way round.
      reply.log = request.log = request.log.child({ trace_id: traceIdOf(trace) });
    }
    done();
  });
  // Reading the body loses what is active.
  app.addHook('preHandler', (request, _reply, done) => {
    const span = request[traced]?.span;
    if (span) span.within(done);
    else done();
  });
  // A telemetry that has no trace must not have runs refused.
  return (request) => request[traced]?.trace ?? givenTrace(request);
}

const traceIdOf = ({ traceparent }: TraceContext) => traceparent.slice(3, 35);

function givenTrace({ headers }: FastifyRequest): TraceContext | undefined {
  return readTraceContext({ traceparent: headers['traceparent'], tracestate: headers['tracestate'] });
}
