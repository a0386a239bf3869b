import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import type { RequestEnd, Span, SpanParent, TraceContext, WorkEnd } from '@aiwork/core';
import type { JsonAttribute, JsonSpan } from '../../otlp/otlp-json.ts';

/** What saboteurs change of how spans are made. */
export interface SpanRules {
  readonly maxTextLength: number;
  nowMs(): number;
  isFailed(end: WorkEnd<unknown> | RequestEnd): boolean;
  /** Whether nothing ends it any more, after so many ends. */
  isOver(ends: number): boolean;
  /** Of what a span is a part. */
  parentOf(given: TraceContext | undefined, active: TraceContext | undefined): TraceContext | undefined;
  /** Ids of a span; that of the trace is its parent's, where there is one. */
  traceIdOf(parent: TraceContext | undefined): string;
}

const hex = (bytes: number) => randomBytes(bytes).toString('hex');

export const spanRules: SpanRules = {
  maxTextLength: 1000,
  nowMs: Date.now,
  isFailed: (end) => ('statusCode' in end ? end.statusCode >= 500 : end.status === 'failed'),
  isOver: (ends) => ends > 0,
  parentOf: (given, active) => given ?? active,
  traceIdOf: (parent) => parent?.traceparent.split('-')[1] ?? hex(16),
};

export function attributesOf(
  attributes: Readonly<Record<string, string | number>>,
  maxTextLength: number,
): readonly JsonAttribute[] {
  return Object.entries(attributes).map(([key, value]) => ({
    key,
    value: { stringValue: String(value).slice(0, maxTextLength) },
  }));
}

/** Makes spans, and hands each over when it has ended. */
export function createSpans(rules: SpanRules, ended: (span: JsonSpan) => void) {
  const active = new AsyncLocalStorage<TraceContext>();
  const nanoseconds = () => String(BigInt(Math.round(rules.nowMs())) * 1_000_000n);

  return function begin<End extends WorkEnd<unknown> | RequestEnd>(
    name: string,
    attributes: Readonly<Record<string, string | number>>,
    given: SpanParent | undefined,
  ): Span<End> {
    const named = given && ('trace' in given ? given.trace : given);
    const parent = rules.parentOf(named, active.getStore());
    const traceId = rules.traceIdOf(parent);
    const spanId = hex(8);
    const trace: TraceContext = {
      traceparent: `00-${traceId}-${spanId}-01`,
      ...(parent?.tracestate !== undefined && { tracestate: parent.tracestate }),
    };
    const startTimeUnixNano = nanoseconds();
    let ends = 0;
    return {
      trace,
      within: (work) => active.run(trace, work),
      end(end) {
        if (rules.isOver(ends)) return;
        ends += 1;
        const parentSpanId = parent?.traceparent.split('-')[2];
        ended({
          name: name.slice(0, rules.maxTextLength),
          traceId,
          spanId,
          ...(parentSpanId && { parentSpanId }),
          startTimeUnixNano,
          endTimeUnixNano: nanoseconds(),
          attributes: attributesOf(attributes, rules.maxTextLength),
          status: { code: rules.isFailed(end) ? 2 : 0 },
        });
      },
    };
  };
}
