import type { Span, SpanParent, TraceContext } from '@aiwork/core';
import {
  type Attributes,
  type Context,
  context,
  type Span as OtelSpan,
  type SpanKind,
  trace,
} from '@opentelemetry/api';
import { isSamePlace, toSpanContext } from './trace-form.ts';
import { traceOf, type WorkContext } from './work-context.ts';

/** What spans of one kind of work are like. */
export interface KindOfWork<Work extends object, End> {
  spanKind(work: Work): SpanKind;
  name(work: Work): string;
  /** Those it begins with, where it is sent. */
  attributes(work: Work): Attributes;
  /** How it ended, where it is sent. */
  ended(span: OtelSpan, work: Work, end: End): void;
  /** Whether it is sent or not. */
  onBegin?(work: Work, span: OtelSpan): void;
  onEnd?(work: Work, end: End): void;
}

/** A span of OpenTelemetry as core knows spans. Its context is looked for at every beginning: hence a private field. */
export class WorkSpan<Work extends object, End> implements Span<End> {
  readonly #context: WorkContext;
  readonly #kind: KindOfWork<Work, End>;
  #work: Work | undefined;

  constructor(at: WorkContext, kind: KindOfWork<Work, End>, work: Work) {
    this.#context = at;
    this.#kind = kind;
    this.#work = work;
  }

  /** Where what has this parent begins: without one, where it is asked for. */
  static contextOf(parent: SpanParent | undefined): Context {
    if (parent === undefined) return context.active();
    if (parent instanceof WorkSpan) return parent.#context;
    const place = 'trace' in parent ? parent.trace : parent;
    const active = context.active();
    // Mostly a server's request, which is at work here and not somewhere else: there is nothing to be read.
    if (isSamePlace(traceOf(active), place)) return active;
    const remote = toSpanContext(place);
    return remote ? trace.setSpanContext(active, remote) : active;
  }

  get trace(): TraceContext {
    return this.#context.trace;
  }

  within<T>(work: () => T): T {
    // Where nothing is recorded, many pieces of work have one context.
    return context.active() === this.#context ? work() : context.with(this.#context, work);
  }

  end(end: End): void {
    const work = this.#work;
    if (!work) return;
    // What it holds of the work is not needed any longer, however long somebody holds this.
    this.#work = undefined;
    const { span } = this.#context;
    if (span.isRecording()) this.#kind.ended(span, work, end);
    this.#kind.onEnd?.(work, end);
    span.end();
  }
}
