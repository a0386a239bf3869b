import type { ModelReply } from '../adapters/chat-model.ts';
import type {
  Span,
  SpanParent,
  Telemetry,
  TracedAttempt,
  TracedModelCall,
  TracedRun,
  WorkEnd,
} from '../adapters/telemetry.ts';
import { hasCode } from '../errors.ts';
import { toRunError } from '../run-error.ts';
import type { TraceContext } from '../trace-context.ts';
import { pluginLog } from './plugin-log.ts';

/** A span that harms nothing, whatever the telemetry does that it is of. */
export interface OpenSpan<End = WorkEnd> {
  readonly parent: SpanParent;
  readonly trace: TraceContext | undefined;
  within<T>(work: () => T): T;
  end(end: End): void;
}

/** What the engine asks of telemetry. */
export interface Tracer {
  run(work: TracedRun, parent: TraceContext | undefined): OpenSpan | undefined;
  attempt(work: TracedAttempt, within: OpenSpan | undefined): OpenSpan | undefined;
  modelCall(work: TracedModelCall, within: OpenSpan | undefined): OpenSpan<WorkEnd<ModelReply>> | undefined;
}

export function createTracer(telemetry: Telemetry): Tracer {
  let warned = false;
  const onError = (error: unknown) => {
    if (!warned) pluginLog('@aiwork/core').error(`telemetry threw: ${toRunError(error).message}`);
    warned = true;
  };
  return {
    run(work, parent) {
      try {
        return new GuardedSpan(telemetry.run(work, parent), onError);
      } catch (error) {
        return void onError(error);
      }
    },
    attempt(work, around) {
      try {
        return new GuardedSpan(telemetry.attempt(work, around?.parent), onError);
      } catch (error) {
        return void onError(error);
      }
    },
    modelCall(work, around) {
      try {
        return new GuardedSpan(telemetry.modelCall(work, around?.parent), onError);
      } catch (error) {
        return void onError(error);
      }
    },
  };
}

// A class, since there is one for each attempt: closures would cost more than the rest of a quick step.
class GuardedSpan<End> implements OpenSpan<End> {
  readonly parent: Span<End>;
  readonly #onError: (error: unknown) => void;

  constructor(span: Span<End>, onError: (error: unknown) => void) {
    this.parent = span;
    this.#onError = onError;
  }

  get trace(): TraceContext | undefined {
    try {
      return this.parent.trace;
    } catch (error) {
      return void this.#onError(error);
    }
  }

  within<T>(work: () => T): T {
    let done: { readonly value: T } | { readonly thrown: unknown } | undefined;
    try {
      this.parent.within(() => {
        done ??= outcomeOf(work);
      });
    } catch (error) {
      this.#onError(error);
    }
    done ??= outcomeOf(work);
    if ('thrown' in done) throw done.thrown;
    return done.value;
  }

  end(end: End): void {
    try {
      this.parent.end(end);
    } catch (error) {
      this.#onError(error);
    }
  }
}

/** How an attempt ended that threw. A budget of its own fails a step; anything else that aborts it comes from around it. */
export function attemptEnd(
  { run, signal }: { readonly run: { readonly leaving: AbortSignal }; readonly signal: AbortSignal },
  thrown: unknown,
): WorkEnd<never> {
  const isStopped = signal.aborted && !hasCode(signal.reason, 'AIWORK_BUDGET_EXCEEDED');
  if (!isStopped) return { status: 'failed', error: toRunError(thrown) };
  return { status: run.leaving.aborted ? 'left' : 'cancelled' };
}

/** How work on a run ended that did not succeed. */
export function runEnd(status: 'failed' | 'cancelled' | 'stopped', error: unknown): WorkEnd {
  return { status: status === 'stopped' ? 'left' : status, error: toRunError(error) };
}

function outcomeOf<T>(work: () => T): { readonly value: T } | { readonly thrown: unknown } {
  try {
    return { value: work() };
  } catch (thrown) {
    return { thrown };
  }
}
