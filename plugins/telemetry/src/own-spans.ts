import {
  type Attributes,
  type Context,
  INVALID_TRACEID,
  type Span,
  type SpanContext,
  type SpanKind,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import { type Sampler, SamplingDecision } from '@opentelemetry/sdk-trace';
import { PlainSpan, type SpanOrigin } from './plain-span.ts';
import type { SpanIds } from './span-ids.ts';

/** What a span begins with. */
export interface Beginning {
  readonly name: string;
  readonly kind: SpanKind;
  attributes(): Attributes;
}

/** Begins a span inside of a context. */
export type BeginSpan = (beginning: Beginning, around: Context) => Span;

export interface OwnSpansOptions extends Pick<SpanOrigin, 'resource' | 'scope'> {
  readonly sampler: Sampler;
  /** Whether what is a part of something is sampled where that is. */
  readonly followsParents: boolean;
  /** Those of the tracer, too. */
  readonly ids: SpanIds;
  readonly tracer: Tracer;
  /** Takes those that have ended. Absent where none are sent. */
  readonly ended: SpanOrigin['ended'] | undefined;
}

/**
 * Begins spans of the engine's work without the tracer of the SDK, which makes names, attributes and ids before it asks its
 * sampler: for most traces in vain, where few are sent.
 */
export function createOwnSpans({
  sampler,
  followsParents,
  ids,
  tracer,
  ended,
  resource,
  scope,
}: OwnSpansOptions): BeginSpan {
  const origin: SpanOrigin | undefined = ended && {
    resource,
    scope,
    ended,
    grown(span, around) {
      const { name, kind, attributes, status, startedAtMs } = span;
      const options = { kind, attributes, startTime: startedAtMs };
      return ids.at(span.spanContext(), () => tracer.startSpan(name, options, around)).setStatus(status);
    },
  };

  function isSampled(
    { name, kind }: Beginning,
    around: Context,
    parent: SpanContext | undefined,
    id: string,
  ) {
    if (isTracingSuppressed(around)) return false;
    if (followsParents && parent) return (parent.traceFlags & TraceFlags.SAMPLED) !== 0;
    const { decision } = sampler.shouldSample(around, id, name, kind, {}, []);
    return decision === SamplingDecision.RECORD_AND_SAMPLED;
  }

  return (beginning, around) => {
    const above = trace.getSpanContext(around);
    const parent = above && above.traceId !== INVALID_TRACEID ? above : undefined;
    const traceId = parent?.traceId ?? ids.generateTraceId();
    const isSent = isSampled(beginning, around, parent, traceId);
    const place: SpanContext = {
      traceId,
      spanId: ids.generateSpanId(),
      traceFlags: isSent ? TraceFlags.SAMPLED : TraceFlags.NONE,
      ...(parent?.traceState && { traceState: parent.traceState }),
    };
    if (!isSent || !origin) return trace.wrapSpanContext(place);
    const { name, kind } = beginning;
    return new PlainSpan({ name, kind, place, parent, around, attributes: beginning.attributes() }, origin);
  };
}
