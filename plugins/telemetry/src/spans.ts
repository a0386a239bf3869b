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
  trace,
} from '@opentelemetry/api';
import { contents, modelCallAttributes, replyAttributes } from './gen-ai.ts';
import type { Measures } from './measures.ts';
import type { BeginSpan } from './own-spans.ts';
import { PlainSpan } from './plain-span.ts';
import type { SpanPlaces } from './span-places.ts';
import type { Texts } from './texts.ts';
import { WorkContext } from './work-context.ts';
import { type KindOfWork, WorkSpan } from './work-span.ts';

export interface SpansOptions {
  readonly begin: BeginSpan;
  readonly texts: Texts;
  /** Absent where nobody asks for them. */
  readonly places: SpanPlaces | undefined;
  readonly measures: Pick<Measures, 'runBegan' | 'runLeft' | 'answered'>;
  /** Whether what is a part of something that is not sampled is not sampled, either. */
  readonly followsParents: boolean;
}

export function createSpans({
  begin,
  texts,
  places,
  measures,
  followsParents,
}: SpansOptions): Pick<Telemetry, 'run' | 'attempt' | 'modelCall' | 'request'> {
  function open<Work extends object, End>(
    kind: KindOfWork<Work, End>,
    work: Work,
    parent: SpanParent | undefined,
  ): Span<End> {
    const at = contextFor(kind, work, WorkSpan.contextOf(parent));
    kind.onBegin?.(work, at.span);
    return new WorkSpan(at, kind, work);
  }

  function contextFor<Work extends object, End>(
    kind: KindOfWork<Work, End>,
    work: Work,
    around: Context,
  ): WorkContext {
    const above = trace.getSpan(around);
    if (followsParents && above && isUnsampled(above)) {
      // It stands for its parts, too, which nobody will see: most of what runs are, where few are sampled.
      return around instanceof WorkContext ? around : new WorkContext(around, above);
    }
    const name = texts.name(kind.name(work));
    const attributes = () => kind.attributes(work);
    return new WorkContext(around, begin({ name, kind: kind.spanKind(work), attributes }, around));
  }

  function markFailed(span: OtelSpan, error: RunError | undefined): void {
    fail(span, error && texts.content(error.message));
    if (error) put(span, { 'error.type': texts.name(error.code ?? error.name) });
  }

  /** How every piece of a run ends. */
  function close(span: OtelSpan, end: WorkEnd): void {
    put(span, { 'aiwork.status': end.status });
    if (end.status === 'failed') markFailed(span, end.error);
  }

  /** With what it gave, where that may leave. */
  function closeWith(span: OtelSpan, key: string, end: WorkEnd): void {
    close(span, end);
    if (texts.capture && end.status === 'succeeded') put(span, contents(texts, { [key]: end.output }));
  }

  const runs: KindOfWork<TracedRun, WorkEnd> = {
    spanKind: ({ queue }) => (queue === undefined ? SpanKind.INTERNAL : SpanKind.CONSUMER),
    name: ({ unit }) => `run ${unit.id}`,
    attributes({ runId, unit, queue, resumed }) {
      const attributes: Attributes = {
        'aiwork.run.id': texts.name(runId),
        'aiwork.unit.id': texts.name(unit.id),
        'aiwork.unit.kind': unit.kind,
        'aiwork.unit.version': texts.name(unit.version),
      };
      if (queue !== undefined) attributes['aiwork.queue'] = queue;
      if (resumed) attributes['aiwork.run.resumed'] = true;
      return attributes;
    },
    ended: (span, _, end) => closeWith(span, 'aiwork.output', end),
    onBegin({ runId, unit }, span) {
      measures.runBegan(unit.id);
      places?.runBegan(runId, span.spanContext());
    },
    onEnd({ runId, unit }) {
      measures.runLeft(unit.id);
      places?.runEnded(runId);
    },
  };

  const attempts: KindOfWork<TracedAttempt, WorkEnd> = {
    spanKind: () => SpanKind.INTERNAL,
    name: nameOfAttempt,
    attributes(work) {
      const { runId, stepId, attempt, unit } = work;
      const attributes: Attributes = {
        'aiwork.run.id': texts.name(runId),
        'aiwork.step.id': texts.name(stepId),
        'aiwork.attempt': attempt,
      };
      if (unit) {
        attributes['aiwork.unit.id'] = texts.name(unit.id);
        attributes['aiwork.unit.kind'] = unit.kind;
      }
      return Object.assign(attributes, operationOf(work, texts));
    },
    ended: (span, { unit }, end) =>
      closeWith(span, unit?.kind === 'tool' ? 'gen_ai.tool.call.result' : 'aiwork.output', end),
    onBegin({ runId, stepId, attempt }, span) {
      places?.attemptBegan(runId, stepId, attempt, span.spanContext());
    },
  };

  const modelCalls: KindOfWork<TracedModelCall, WorkEnd<ModelReply>> = {
    spanKind: () => SpanKind.CLIENT,
    name: ({ model }) => `chat ${model}`,
    attributes: (work) => ({
      'aiwork.run.id': texts.name(work.runId),
      'aiwork.step.id': texts.name(work.stepId),
      ...modelCallAttributes(work, texts),
    }),
    ended(span, _, end) {
      close(span, end);
      if (end.status === 'succeeded' && end.output) put(span, replyAttributes(end.output, texts));
    },
  };

  const requests: KindOfWork<TimedRequest, RequestEnd> = {
    spanKind: () => SpanKind.SERVER,
    name: ({ method, route }) => `${method} ${route}`,
    attributes: ({ method, route }) => ({
      'http.request.method': texts.name(method),
      'http.route': texts.name(route),
    }),
    ended(span, _, { statusCode }) {
      put(span, { 'http.response.status_code': statusCode });
      if (statusCode < 500) return;
      fail(span, undefined);
      put(span, { 'error.type': String(statusCode) });
    },
    onEnd({ method, route, startedAt }, { statusCode }) {
      measures.answered(method, route, statusCode, (performance.now() - startedAt) / 1000);
    },
  };

  return {
    run: (work, parent) => open(runs, work, parent),
    attempt: (work, parent) => open(attempts, work, parent),
    modelCall: (work, parent) => open(modelCalls, work, parent),
    request({ method, route }, parent) {
      return open(requests, { method, route, startedAt: performance.now() }, parent);
    },
  };
}

interface TimedRequest extends TracedRequest {
  readonly startedAt: number;
}

/** Adds what is as it may be. */
function put(span: OtelSpan, attributes: Attributes): void {
  if (span instanceof PlainSpan) span.put(attributes);
  else span.setAttributes(attributes);
}

function fail(span: OtelSpan, message: string | undefined): void {
  if (span instanceof PlainSpan) span.fail(message);
  else span.setStatus({ code: SpanStatusCode.ERROR, ...(message !== undefined && { message }) });
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

function operationOf({ unit, input }: TracedAttempt, texts: Texts): Attributes | undefined {
  if (unit?.kind === 'agent') {
    return { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': texts.name(unit.id) };
  }
  if (unit?.kind !== 'tool') return texts.capture ? contents(texts, { 'aiwork.input': input }) : undefined;
  return {
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': texts.name(unit.id),
    'gen_ai.tool.type': 'function',
    ...contents(texts, { 'gen_ai.tool.call.arguments': input }),
  };
}
