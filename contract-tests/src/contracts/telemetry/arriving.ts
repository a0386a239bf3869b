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

/** Of a busy machine one flush may not be enough: it ends in bounded time, done or not. */
const mostFlushes = 4;

/** Flushes until what is looked for is there, or would be if it came. */
export async function flushUntil({ telemetry }: TelemetryUnderTest, isThere: () => boolean): Promise<void> {
  await telemetry.flush();
  for (let flushes = 1; flushes < mostFlushes && !isThere(); flushes += 1) await telemetry.flush();
}

/** Flushes until all of the spans have come, or would have if they did. */
export function flushSpans(subject: TelemetryUnderTest, spans: readonly Span<never>[]): Promise<void> {
  return flushUntil(subject, () => countArrivals(subject, spans) >= spans.length);
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
