import type { Span, SpanParent, TraceContext } from '@aiwork/core';
import { type Context, context, type Span as OtelSpan, trace } from '@opentelemetry/api';
import { isAt, toSpanContext, toTraceContext } from './trace-form.ts';

/** A span of OpenTelemetry as core knows spans. Its context is looked for at every beginning: hence a private field. */
export class WorkSpan<End> implements Span<End> {
  readonly #context: Context;
  #trace: TraceContext | undefined;
  #open: { readonly span: OtelSpan; readonly onEnd: (span: OtelSpan, end: End) => void } | undefined;

  constructor(at: Context, span: OtelSpan, onEnd: (span: OtelSpan, end: End) => void) {
    this.#context = at;
    this.#open = { span, onEnd };
  }

  /** Where what has this parent begins: without one, where it is asked for. */
  static contextOf(parent: SpanParent | undefined): Context {
    if (parent === undefined) return context.active();
    if (parent instanceof WorkSpan) return parent.#context;
    const place = 'trace' in parent ? parent.trace : parent;
    const active = context.active();
    // Mostly a server's request, which is at work here and not somewhere else: there is nothing to be read.
    if (isAt(trace.getSpanContext(active), place)) return active;
    const remote = toSpanContext(place);
    return remote ? trace.setSpanContext(active, remote) : active;
  }

  get trace(): TraceContext {
    if (!this.#trace) {
      const place = trace.getSpanContext(this.#context);
      this.#trace = place ? toTraceContext(place) : { traceparent: '' };
    }
    return this.#trace;
  }

  within<T>(work: () => T): T {
    // Where nothing is recorded, many pieces of work have one context.
    return context.active() === this.#context ? work() : context.with(this.#context, work);
  }

  end(end: End): void {
    const open = this.#open;
    if (!open) return;
    // What it holds of the work is not needed any longer, however long somebody holds this.
    this.#open = undefined;
    open.onEnd(open.span, end);
    open.span.end();
  }
}
