import type { UnitRef } from '../flow-graph.ts';
import type { RunError } from '../run-error.ts';
import type { FinalStatus, RunEvent } from '../run-event.ts';
import type { TraceContext } from '../trace-context.ts';
import type { Adapter, CallOptions } from './adapter.ts';
import type { ChatRequest, ModelReply } from './chat-model.ts';

/** Work of one process on a run, from when it takes it up until the run is over or left. @since 0.1.0 */
export interface TracedRun {
  readonly runId: string;
  readonly unit: UnitRef & { readonly version: string };
  readonly tags: readonly string[];
  /** The queue that brought it. */
  readonly queue?: string;
  /** Whether others may have worked on it before. */
  readonly resumed: boolean;
}

/** One attempt of a step, of a part of a step, or of an undo. @since 0.1.0 */
export interface TracedAttempt {
  readonly runId: string;
  /** As in {@link RunEvent}s: `pages[3]`, `ask/1.1-search`, `pay/$undo`. */
  readonly stepId: string;
  /** From 1. */
  readonly attempt: number;
  /** What the attempt calls, where it calls a unit rather than code of its own. */
  readonly unit?: UnitRef;
  /** What the unit is called with, where this is known before the attempt: of tool calls of agents always. */
  readonly input?: unknown;
}

/** One call of a chat model, by an agent or by the code of a step. @since 0.1.0 */
export interface TracedModelCall {
  readonly runId: string;
  readonly stepId: string;
  /** Id of the model. */
  readonly model: string;
  /** Id of the agent; absent where code asks. */
  readonly agent?: string;
  readonly request: ChatRequest;
}

/** A request that a server answers. @since 0.1.0 */
export interface TracedRequest {
  readonly method: string;
  /** The pattern of its path, as in `/status/:execution_id`: there are few of them. */
  readonly route: string;
}

/**
 * How a piece of work ended. `left`: here, without being over, so that it goes on elsewhere or later.
 *
 * @since 0.1.0
 */
export type WorkEnd<Output = unknown> =
  | { readonly status: 'succeeded'; readonly output?: Output }
  | { readonly status: Exclude<FinalStatus, 'succeeded'> | 'left'; readonly error?: RunError };

/** How a request was answered. @since 0.1.0 */
export interface RequestEnd {
  readonly statusCode: number;
}

/**
 * A piece of work that has begun. Nothing of it waits or throws.
 *
 * @since 0.1.0
 */
export interface Span<End = WorkEnd> {
  /** For what is done elsewhere as a part of this; journaled, and sent along with work. */
  readonly trace: TraceContext;
  /**
   * Calls `work` once, at once, and gives what it gives, a promise as it is. While its code and all that follows from it
   * run, this is the active span: whatever makes spans by itself there, such as an instrumented HTTP client, makes them
   * parts of it.
   */
  within<T>(work: () => T): T;
  /** Only the first call counts. */
  end(end: End): void;
}

/** Of what a piece of work is a part. @since 0.1.0 */
export type SpanParent = Pick<Span<never>, 'trace' | 'within'> | TraceContext;

/** @since 0.1.0 */
export interface TelemetryCapabilities {
  /** What leaves the process. */
  readonly signals: readonly ('traces' | 'metrics' | 'logs')[];
  /**
   * How many ended spans, and how many log records, are kept at most while nobody takes them. What comes on top of that is
   * dropped, and counted.
   */
  readonly maxQueued: number;
  /** Neither `flush()` nor `close()` takes longer, in milliseconds, whatever the receiver does. */
  readonly maxFlushMs: number;
  /**
   * Whether what runs work on leaves: inputs, outputs, prompts and replies of models, data of log lines, messages of
   * errors. Ids, names of units, models and tools, codes of errors, and the messages of log lines leave in any case.
   */
  readonly content: boolean;
}

/**
 * Where traces, measurements and log lines of runs go. Nothing leaves the process unless a plugin provides one.
 *
 * The engine begins a span for each run it takes up, each attempt of a step, and each call of a model by an agent, and
 * shows every event. Attempts are parts of their run or of the attempt that called them, model calls of the attempt of
 * their agent, sub-flows of the attempt that calls them, also where a queue takes them to another process; a run that is
 * taken up again is a part of what it was.
 *
 * - No method but `flush` and `close` waits for anything, and none throws: a receiver that is slow, down, or refuses, does
 *   neither slow down nor fail a run. The operator is told by a process warning, not by one for each attempt to send.
 * - What is kept for a receiver that does not take it is bounded, and so is the number of label values of each measurement.
 * - Secrets it was configured with are in nothing that it sends but the header they are for.
 *
 * @since 0.1.0
 */
export interface Telemetry extends Adapter<TelemetryCapabilities> {
  /** Without a parent, it is a part of what is active where this is called, or begins a trace. */
  run(work: TracedRun, parent?: SpanParent): Span;
  attempt(work: TracedAttempt, parent?: SpanParent): Span;
  modelCall(work: TracedModelCall, parent?: SpanParent): Span<WorkEnd<ModelReply>>;
  request(work: TracedRequest, parent?: SpanParent): Span<RequestEnd>;
  /** Sees the events of the runs this process works on, in order, before they end. */
  event(event: RunEvent): void;
  /** Hands over what there is so far. Resolves, in bounded time, whether that could be done or not. */
  flush(options?: CallOptions): Promise<void>;
}
