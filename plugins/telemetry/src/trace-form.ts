import type { TraceContext } from '@aiwork/core';
import { type SpanContext, TraceFlags } from '@opentelemetry/api';
import { parseTraceParent, TraceState } from '@opentelemetry/core';
import { RandomIdGenerator } from '@opentelemetry/sdk-trace';

const ids = new RandomIdGenerator();

/** A place in a trace of its own, of which nothing is sent. */
export function unsentPlace(): SpanContext {
  return { traceId: ids.generateTraceId(), spanId: ids.generateSpanId(), traceFlags: TraceFlags.NONE };
}

/** A place in a trace, as headers say it. */
export function toTraceContext({ traceId, spanId, traceFlags, traceState }: SpanContext): TraceContext {
  const flags = (traceFlags & TraceFlags.SAMPLED) === 0 ? '00' : '01';
  const traceparent = `00-${traceId}-${spanId}-${flags}`;
  const tracestate = traceState?.serialize();
  return tracestate ? { traceparent, tracestate } : { traceparent };
}

/** Whether both say the same. */
export function isSamePlace(
  one: TraceContext | undefined,
  { traceparent, tracestate }: TraceContext,
): boolean {
  return one !== undefined && one.traceparent === traceparent && one.tracestate === tracestate;
}

/** Nothing when it is none. */
export function toSpanContext({ traceparent, tracestate }: TraceContext): SpanContext | undefined {
  const place = parseTraceParent(traceparent);
  if (!place) return undefined;
  return { ...place, isRemote: true, ...(tracestate && { traceState: new TraceState(tracestate) }) };
}
