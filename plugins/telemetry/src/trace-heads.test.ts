import { SpanKind, TraceFlags } from '@opentelemetry/api';
import { type Sampler, SamplingDecision, TracerProvider } from '@opentelemetry/sdk-trace';
import { expect, it } from 'vitest';
import { createTraceHeads } from './trace-heads.ts';

/** Takes the traces of these turns, and knows which it was asked about. */
function takingTurns(...taken: readonly boolean[]) {
  const asked: string[] = [];
  const decisions = new Map<string, SamplingDecision>();
  const sampler: Sampler = {
    shouldSample(_, traceId) {
      if (!decisions.has(traceId)) {
        const isTaken = taken[asked.length] ?? false;
        asked.push(traceId);
        decisions.set(traceId, isTaken ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD);
      }
      return { decision: decisions.get(traceId) ?? SamplingDecision.NOT_RECORD };
    },
  };
  return { sampler, asked };
}

it('gives a place for a trace that is not sent, with the id that was decided on', () => {
  const { sampler, asked } = takingTurns(false);
  const place = createTraceHeads(sampler).unsent('run', SpanKind.INTERNAL);
  expect(place).toEqual({
    traceId: asked[0],
    spanId: expect.stringMatching(/^[\da-f]{16}$/),
    traceFlags: TraceFlags.NONE,
  });
});

it('has the tracer begin the trace that is sent, and only that one', () => {
  const { sampler, asked } = takingTurns(true, true);
  const heads = createTraceHeads(sampler);
  const tracer = new TracerProvider({ sampler, idGenerator: heads.ids }).getTracer('test');
  expect(heads.unsent('run', SpanKind.INTERNAL)).toBeUndefined();
  const first = tracer.startSpan('run').spanContext();
  const second = tracer.startSpan('run').spanContext();
  expect(first).toMatchObject({ traceId: asked[0], traceFlags: TraceFlags.SAMPLED });
  expect(second.traceId).toBe(asked[1]);
  expect(second.traceId).not.toBe(first.traceId);
});
