import type { Verdict } from './adapters/guardrail.ts';
import type { LogLevel } from './logger.ts';
import type { RunError } from './run-error.ts';
import type { TextPlace } from './text-place.ts';
import type { TraceContext } from './trace-context.ts';

/** Where a run is. `waiting`: only outside events (a signal, a time) can move it. @since 0.1.0 */
export type RunStatus = 'queued' | 'running' | 'waiting' | 'succeeded' | 'failed' | 'cancelled';

/** How a run can end. @since 0.1.0 */
export type FinalStatus = Extract<RunStatus, 'succeeded' | 'failed' | 'cancelled'>;

/** A payload kept outside the journal because of its size. @since 0.1.0 */
export interface PayloadRef {
  /** SHA-256 of the stored bytes, in hexadecimal. */
  readonly hash: string;
  readonly bytes: number;
}

/** Work of one process on a run, from its first event to its last. @since 0.1.0 */
export interface Stint {
  /** The process: the `name` of its orchestrator, a slash, and what tells it from others of that name. */
  readonly owner: string;
  /** Milliseconds since the Unix epoch, by the clock of that process. */
  readonly from: number;
  /** Milliseconds since the Unix epoch. Of a process that was killed: the last that is known of it. */
  readonly to: number;
}

/** What is common to every event. @since 0.1.0 */
export interface EventBase {
  /** Position in the run's journal, from 1. Events that are only shown live carry the number of the one before them. */
  readonly seq: number;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly runId: string;
  /** Fields that were moved to the payload store; each is absent from the event itself. */
  readonly refs?: Readonly<Record<string, PayloadRef>>;
  /** Fields that hold values JSON cannot express (a `Date`, a typed array …) in tagged form. */
  readonly tagged?: readonly string[];
}

type Of<T extends string, Fields = unknown> = { readonly type: T } & Fields;
type OfStep<T extends string, Fields = unknown> = { readonly type: T; readonly stepId: string } & Fields;
interface Attempt {
  /** The attempt, from 1. */
  readonly attempt: number;
}

/** What a reader of the stream has to know to sort a run, also when it joins at a resume. */
interface RunIdentity {
  readonly unitId: string;
  readonly version: string;
  readonly graphHash: string;
  readonly tags: readonly string[];
  /** Where its work is in a distributed trace: of what spans of this process are parts. */
  readonly trace?: TraceContext;
}

/** What happened, without position, time and run. @since 0.1.0 */
export type RunEventBody =
  | Of<
      'run.started',
      RunIdentity & {
        /** Who began it, as in {@link Stint}; journals of the first versions do not say. */
        readonly owner?: string;
        /** A short hash of each step's meaning: what changed code is compared with. */
        readonly digests: Readonly<Record<string, string>>;
      }
    >
  | Of<'run.resumed', RunIdentity & { readonly owner: string }>
  | Of<'run.cancel-requested', { readonly reason: string }>
  /** The run is going to fail or be cancelled; what follows are undos. */
  | Of<'run.ending', { readonly status: 'failed' | 'cancelled'; readonly error: RunError }>
  | Of<'run.finished', { readonly status: FinalStatus; readonly output?: unknown; readonly error?: RunError }>
  | OfStep<'step.started', Attempt>
  | OfStep<'step.expanded', { readonly inputs: readonly unknown[] }>
  | OfStep<'step.retrying', Attempt & { readonly error: RunError; readonly delayMs: number }>
  | OfStep<'step.waiting', { readonly prompt?: unknown; readonly expiresAt?: number }>
  | OfStep<'step.sleeping', { readonly until: number }>
  | OfStep<'step.skipped'>
  | OfStep<'step.succeeded', Attempt & { readonly output?: unknown }>
  | OfStep<'step.failed', Attempt & { readonly error: RunError }>
  | OfStep<'step.cancelled', { readonly reason: string }>
  | OfStep<'step.abandoned', { readonly reason: string }>
  | OfStep<'step.undone'>
  | OfStep<'step.undo-failed', { readonly error: RunError }>
  | OfStep<'signal.received', { readonly payload?: unknown; readonly idempotencyKey?: string }>
  | OfStep<'effect.recorded', { readonly key: string; readonly value?: unknown }>
  | OfStep<
      'model.called',
      {
        readonly model: string;
        readonly inputTokens: number;
        readonly outputTokens: number;
        readonly cost?: number;
      }
    >
  /** What a run started by this step used. */
  | OfStep<
      'child.used',
      {
        /** Who worked on it, when its unit names a queue. */
        readonly stints?: readonly Stint[];
        readonly tokens: number;
        readonly cost: number;
        readonly modelCalls: number;
        readonly toolCalls: number;
      }
    >
  | OfStep<'tool.called', { readonly tool: string; readonly ok: boolean }>
  /** What a guardrail decided on a text that it did not let pass as it is; a resume decides again, and says so again. */
  | OfStep<
      'guardrail.decided',
      TextPlace & {
        readonly guardrail: string;
        readonly action: Exclude<Verdict['action'], 'pass'>;
        /** What it gave as the reason, or told the model. */
        readonly reason?: string;
      }
    >
  | OfStep<'budget.exceeded', { readonly limit: string; readonly used: number; readonly allowed: number }>
  | OfStep<'log', { readonly level: LogLevel; readonly message: string; readonly data?: unknown }>
  | OfStep<'emitted', { readonly name: string; readonly data?: unknown }>
  | OfStep<'model.delta', { readonly text: string }>;

/**
 * One thing that happened in a run. All but `model.delta` are kept in the journal; the state of a run is what follows
 * from its events and nothing else.
 *
 * @since 0.1.0
 */
export type RunEvent = EventBase & RunEventBody;

/** The name of an event. @since 0.1.0 */
export type RunEventType = RunEventBody['type'];
