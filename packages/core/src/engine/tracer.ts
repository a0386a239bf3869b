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
import type { Ending } from './run-execution.ts';
import type { Outer } from './scope.ts';

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
  function guard<T>(use: () => T): T | undefined {
    try {
      return use();
    } catch (error) {
      if (!warned) pluginLog('@aiwork/core').error(`telemetry threw: ${toRunError(error).message}`);
      warned = true;
      return undefined;
    }
  }

  function open<End>(begin: () => Span<End>): OpenSpan<End> | undefined {
    const span = guard(begin);
    if (!span) return undefined;
    return {
      parent: span,
      get trace() {
        return guard(() => span.trace);
      },
      within<T>(work: () => T): T {
        let done: (() => T) | undefined;
        guard(() =>
          span.within(() => {
            done ??= outcomeOf(work);
          }),
        );
        return (done ?? outcomeOf(work))();
      },
      end: (end) => guard(() => span.end(end)),
    };
  }

  return {
    run: (work, parent) => open(() => telemetry.run(work, parent)),
    attempt: (work, within) => open(() => telemetry.attempt(work, within?.parent)),
    modelCall: (work, within) => open(() => telemetry.modelCall(work, within?.parent)),
  };
}

/** How an attempt ended that threw. A budget of its own fails a step; anything else that aborts it comes from around it. */
export function attemptEnd({ run, signal }: Pick<Outer, 'run' | 'signal'>, thrown: unknown): WorkEnd<never> {
  const isStopped = signal.aborted && !hasCode(signal.reason, 'AIWORK_BUDGET_EXCEEDED');
  if (!isStopped) return { status: 'failed', error: toRunError(thrown) };
  return { status: run.leaving.aborted ? 'left' : 'cancelled' };
}

export function runEnd(ending: Ending): WorkEnd {
  if (ending.status === 'succeeded') return ending;
  return { status: ending.status === 'stopped' ? 'left' : ending.status, error: toRunError(ending.error) };
}

/** Gives what `work` gave, or throws what it threw. */
function outcomeOf<T>(work: () => T): () => T {
  try {
    const value = work();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
