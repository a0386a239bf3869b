import { setTimeout as delay } from 'node:timers/promises';
import type { Span, TraceContext } from '@aiwork/core';
import { Violation } from '../../engine/violation.ts';
import type { ReceivedSpan } from '../../otlp/received.ts';
import type { TelemetryUnderTest } from './telemetry-under-test.ts';

export interface TraceIds {
  readonly traceId: string;
  readonly spanId: string;
}

/** The ids in a `traceparent`. */
export function idsOf({ traceparent }: TraceContext): TraceIds {
  const [, traceId = '', spanId = ''] = traceparent.split('-');
  return { traceId, spanId };
}

/** The span as it arrived. @throws Violation when it did not, or more than once. */
export function arrival(
  { received }: TelemetryUnderTest,
  { trace }: Span<never>,
  what: string,
): ReceivedSpan {
  const { traceId, spanId } = idsOf(trace);
  const found = received().spans.filter((span) => span.spanId === spanId && span.traceId === traceId);
  const [first] = found;
  if (first && found.length === 1) return first;
  throw new Violation(`the span of ${what} to arrive once`, `it came ${found.length} times`);
}

/** How many of the spans have come, one that came twice counted twice. */
export function countArrivals({ received }: TelemetryUnderTest, spans: readonly Span<never>[]): number {
  const ids = new Set(spans.map(({ trace }) => idsOf(trace).spanId));
  return received().spans.filter(({ spanId }) => ids.has(spanId)).length;
}

/** Asks over and over until it holds. @throws Violation when it still does not after `withinMs`. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  expected: string,
  withinMs: number,
  seen: () => string,
): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Violation(`${expected} within ${withinMs} ms`, seen());
    await delay(20);
  }
}
