import {
  kindOfStep,
  type ModelReply,
  type RequestEnd,
  type RunError,
  type Span,
  type SpanParent,
  type Telemetry,
  type TracedAttempt,
  type TracedModelCall,
  type TracedRequest,
  type TracedRun,
  type WorkEnd,
} from '@aiwork/core';
import {
  type Attributes,
  type Context,
  INVALID_TRACEID,
  type Span as OtelSpan,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { contents, modelCallAttributes, replyAttributes } from './gen-ai.ts';
import type { Measures } from './measures.ts';
import type { SpanPlaces } from './span-places.ts';
import type { Texts } from './texts.ts';
import { unsentPlace } from './trace-form.ts';
import type { TraceHeads } from './trace-heads.ts';
import { WorkSpan } from './work-span.ts';

export interface SpansOptions {
  readonly tracer: Tracer;
  /** Of the tracer; absent where somebody else's decides. */
  readonly heads: TraceHeads | undefined;
  readonly texts: Texts;
  /** Absent where nobody asks for them. */
  readonly places: SpanPlaces | undefined;
  readonly measures: Pick<Measures, 'runBegan' | 'runLeft' | 'answered'>;
  /** Whether what is a part of something that is not sampled is not sampled, either. */
  readonly followsParents: boolean;
}

interface Beginning {
  name(): string;
  readonly kind: SpanKind;
  attributes(): Attributes;
}

export function createSpans({
  tracer,
  heads,
  texts,
  places,
  measures,
  followsParents,
}: SpansOptions): Pick<Telemetry, 'run' | 'attempt' | 'modelCall' | 'request'> {
  function open<End>(
    { name, kind, attributes }: Beginning,
    parent: SpanParent | undefined,
    onEnd: (span: OtelSpan, end: End) => void,
    onBegan?: (span: OtelSpan) => void,
  ): Span<End> {
    const around = WorkSpan.contextOf(parent);
    const above = trace.getSpan(around);
    if (followsParents && above && isUnsampled(above)) {
      // It stands for its parts, too, which nobody will see: most of what runs are, where few are sampled.
      onBegan?.(above);
      return new WorkSpan(around, above, onEnd);
    }
    const unsent = above ? undefined : heads?.unsent(name(), kind);
    if (unsent) {
      const span = trace.wrapSpanContext(unsent);
      onBegan?.(span);
      return new WorkSpan(trace.setSpan(around, span), span, onEnd);
    }
    const span = heads
      ? begin({ name, kind, attributes }, around)
      : beginElsewhere({ name, kind, attributes }, around);
    onBegan?.(span);
    return new WorkSpan(trace.setSpan(around, span), span, onEnd);
  }

  /** The sampler knows what it decided on; attributes that come with the start are checked three times. */
  function begin({ name, kind, attributes }: Beginning, around: Context): OtelSpan {
    const span = tracer.startSpan(texts.name(name()), { kind }, around);
    return span.isRecording() ? span.setAttributes(attributes()) : span;
  }

  /** With what somebody else's sampler may want to know. */
  function beginElsewhere({ name, kind, attributes }: Beginning, around: Context): OtelSpan {
    const span = tracer.startSpan(texts.name(name()), { kind, attributes: attributes() }, around);
    // A tracer that does nothing gives a place that is none, and what is sent along with work is refused for it.
    const isPlaced = span.spanContext().traceId !== INVALID_TRACEID;
    return isPlaced ? span : trace.wrapSpanContext(unsentPlace());
  }

  function markFailed(span: OtelSpan, error: RunError | undefined): void {
    const message = error && texts.content(error.message);
    span.setStatus({ code: SpanStatusCode.ERROR, ...(message !== undefined && { message }) });
    if (error) span.setAttribute('error.type', texts.name(error.code ?? error.name));
  }

  /** How every piece of a run ends. */
  function close(span: OtelSpan, end: WorkEnd): void {
    span.setAttribute('aiwork.status', end.status);
    if (end.status === 'failed') markFailed(span, end.error);
  }

  return {
    run(work: TracedRun, parent?: SpanParent) {
      const { runId, unit, queue, resumed } = work;
      const attributes = () => ({
        'aiwork.run.id': texts.name(runId),
        'aiwork.unit.id': texts.name(unit.id),
        'aiwork.unit.kind': unit.kind,
        'aiwork.unit.version': texts.name(unit.version),
        ...(queue !== undefined && { 'aiwork.queue': queue }),
        ...(resumed && { 'aiwork.run.resumed': true }),
      });
      const kind = queue === undefined ? SpanKind.INTERNAL : SpanKind.CONSUMER;
      const onEnd = (span: OtelSpan, end: WorkEnd) => {
        close(span, end);
        if (end.status === 'succeeded') span.setAttributes(contents(texts, { 'aiwork.output': end.output }));
        measures.runLeft(unit.id);
        places?.runEnded(runId);
      };
      const onBegan = (span: OtelSpan) => {
        measures.runBegan(unit.id);
        places?.runBegan(runId, span.spanContext());
      };
      return open({ name: () => `run ${unit.id}`, kind, attributes }, parent, onEnd, onBegan);
    },

    attempt(work: TracedAttempt, parent?: SpanParent) {
      const { runId, stepId, attempt, unit } = work;
      const attributes = () => ({
        'aiwork.run.id': texts.name(runId),
        'aiwork.step.id': texts.name(stepId),
        'aiwork.attempt': attempt,
        ...(unit && { 'aiwork.unit.id': texts.name(unit.id), 'aiwork.unit.kind': unit.kind }),
        ...operationOf(work, texts),
      });
      const outputKey = unit?.kind === 'tool' ? 'gen_ai.tool.call.result' : 'aiwork.output';
      const onEnd = (span: OtelSpan, end: WorkEnd) => {
        close(span, end);
        if (end.status === 'succeeded') span.setAttributes(contents(texts, { [outputKey]: end.output }));
      };
      const onBegan = (span: OtelSpan) => places?.attemptBegan(runId, stepId, attempt, span.spanContext());
      return open(
        { name: () => nameOfAttempt(work), kind: SpanKind.INTERNAL, attributes },
        parent,
        onEnd,
        onBegan,
      );
    },

    modelCall(work: TracedModelCall, parent?: SpanParent) {
      const attributes = () => ({
        'aiwork.run.id': texts.name(work.runId),
        'aiwork.step.id': texts.name(work.stepId),
        ...modelCallAttributes(work, texts),
      });
      const onEnd = (span: OtelSpan, end: WorkEnd<ModelReply>) => {
        close(span, end);
        if (end.status === 'succeeded' && end.output) span.setAttributes(replyAttributes(end.output, texts));
      };
      return open({ name: () => `chat ${work.model}`, kind: SpanKind.CLIENT, attributes }, parent, onEnd);
    },

    request({ method, route }: TracedRequest, parent?: SpanParent) {
      const startedAt = performance.now();
      const attributes = () => ({
        'http.request.method': texts.name(method),
        'http.route': texts.name(route),
      });
      const onEnd = (span: OtelSpan, { statusCode }: RequestEnd) => {
        span.setAttribute('http.response.status_code', statusCode);
        if (statusCode >= 500) {
          span.setStatus({ code: SpanStatusCode.ERROR });
          span.setAttribute('error.type', String(statusCode));
        }
        measures.answered(method, route, statusCode, (performance.now() - startedAt) / 1000);
      };
      return open({ name: () => `${method} ${route}`, kind: SpanKind.SERVER, attributes }, parent, onEnd);
    },
  };
}

function isUnsampled(span: OtelSpan): boolean {
  const place = span.spanContext();
  if ((place.traceFlags & TraceFlags.SAMPLED) !== 0 || span.isRecording()) return false;
  return place.traceId !== INVALID_TRACEID;
}

function nameOfAttempt({ stepId, unit }: TracedAttempt): string {
  if (unit?.kind === 'agent') return `invoke_agent ${unit.id}`;
  if (unit?.kind === 'tool') return `execute_tool ${unit.id}`;
  return `step ${kindOfStep(stepId)}`;
}

function operationOf({ unit, input }: TracedAttempt, texts: Texts): Attributes {
  if (unit?.kind === 'agent') {
    return { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': texts.name(unit.id) };
  }
  if (unit?.kind !== 'tool') return contents(texts, { 'aiwork.input': input });
  return {
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': texts.name(unit.id),
    'gen_ai.tool.type': 'function',
    ...contents(texts, { 'gen_ai.tool.call.arguments': input }),
  };
}
