import { INVALID_TRACEID, type Tracer, trace } from '@opentelemetry/api';
import type { BeginSpan } from './own-spans.ts';
import { unsentPlace } from './trace-form.ts';

/** Has somebody else's tracer make the spans, with what its sampler may want to know. */
export function createOthersSpans(tracer: Tracer): BeginSpan {
  return ({ name, kind, attributes }, around) => {
    const span = tracer.startSpan(name, { kind, attributes: attributes() }, around);
    // A tracer that does nothing gives a place that is none, and what is sent along with work is refused for it.
    const isPlaced = span.spanContext().traceId !== INVALID_TRACEID;
    return isPlaced ? span : trace.wrapSpanContext(unsentPlace());
  };
}
