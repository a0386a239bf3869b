import type { TraceContext } from '@aiwork/core';
import { type Context, INVALID_SPAN_CONTEXT, ROOT_CONTEXT, type Span, trace } from '@opentelemetry/api';
import { toTraceContext } from './trace-form.ts';

/** A context in which a piece of work is what is active. Those of the API copy all that they have for each thing that is added. */
export class WorkContext implements Context {
  readonly span: Span;
  readonly #outer: Context;
  #trace: TraceContext | undefined;

  constructor(outer: Context, span: Span) {
    this.#outer = outer instanceof WorkContext ? outer.#outer : outer;
    this.span = span;
  }

  /** The place of the span: one for all that is done here, since it is kept with each run. */
  get trace(): TraceContext {
    this.#trace ??= toTraceContext(this.span.spanContext());
    return this.#trace;
  }

  getValue(key: symbol): unknown {
    return key === spanKey ? this.span : this.#outer.getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    return trace.setSpan(this.#outer, this.span).setValue(key, value);
  }

  deleteValue(key: symbol): Context {
    return key === spanKey
      ? this.#outer.deleteValue(key)
      : new WorkContext(this.#outer.deleteValue(key), this.span);
  }
}

/** What is active in a context, as headers say it. */
export function traceOf(at: Context): TraceContext | undefined {
  if (at instanceof WorkContext) return at.trace;
  const place = trace.getSpanContext(at);
  return place && toTraceContext(place);
}

/** Under which contexts keep their span, which the API tells nobody but contexts. */
const spanKey = keyOfSpans();

function keyOfSpans(): symbol | undefined {
  let found: symbol | undefined;
  const asking: Context = {
    getValue: () => undefined,
    setValue(key) {
      found = key;
      return ROOT_CONTEXT;
    },
    deleteValue: () => ROOT_CONTEXT,
  };
  trace.setSpanContext(asking, INVALID_SPAN_CONTEXT);
  return found;
}
