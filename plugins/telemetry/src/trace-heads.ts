import { ROOT_CONTEXT, type SpanContext, type SpanKind } from '@opentelemetry/api';
import {
  type IdGenerator,
  RandomIdGenerator,
  type Sampler,
  SamplingDecision,
} from '@opentelemetry/sdk-trace';
import { unsentPlace } from './trace-form.ts';

/** Decides which traces that begin here are sent, before anything is made for them. */
export interface TraceHeads {
  /** To be the tracer's, so that it begins the trace that was decided on. */
  readonly ids: IdGenerator;
  /** Where a trace is that nobody will see; nothing where the tracer is to begin it, which it has to do at once. */
  unsent(name: string, kind: SpanKind): SpanContext | undefined;
}

/**
 * The tracer of the SDK asks its sampler when the name and the attributes of a span are made already: for most traces in
 * vain, where few are sent.
 */
export function createTraceHeads(sampler: Sampler): TraceHeads {
  const random = new RandomIdGenerator();
  let decided: string | undefined;
  return {
    ids: {
      generateSpanId: random.generateSpanId,
      generateTraceId() {
        const traceId = decided ?? random.generateTraceId();
        decided = undefined;
        return traceId;
      },
    },
    unsent(name, kind) {
      const traceId = random.generateTraceId();
      const { decision } = sampler.shouldSample(ROOT_CONTEXT, traceId, name, kind, {}, []);
      if (decision === SamplingDecision.NOT_RECORD) return unsentPlace(traceId);
      decided = traceId;
      return undefined;
    },
  };
}
