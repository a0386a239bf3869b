import type { SpanContext } from '@opentelemetry/api';
import { type IdGenerator, RandomIdGenerator } from '@opentelemetry/sdk-trace';

/** Ids by chance, and for the tracer of the SDK those of what was begun without it. */
export interface SpanIds extends IdGenerator {
  /** Has the span that `begin` makes by the tracer be at this place. */
  at<T>(place: SpanContext, begin: () => T): T;
}

export function createSpanIds(): SpanIds {
  const random = new RandomIdGenerator();
  let given: SpanContext | undefined;
  return {
    generateTraceId: () => given?.traceId ?? random.generateTraceId(),
    generateSpanId: () => given?.spanId ?? random.generateSpanId(),
    at(place, begin) {
      given = place;
      try {
        return begin();
      } finally {
        given = undefined;
      }
    },
  };
}
