import type { Adapter, CallOptions, Durability } from './adapter.ts';

/** A step that is ready to be worked on. @since 0.1.0 */
export interface Job {
  readonly id: string;
  readonly queue: string;
  readonly runId: string;
  readonly stepId: string;
  readonly attempt: number;
  /** Higher goes first, where the queue keeps an order at all. */
  readonly priority: number;
  /** Jobs of one key keep their order when the queue declares `ordering: 'per-key'`. */
  readonly key?: string;
  /** Milliseconds since the Unix epoch. */
  readonly notBefore?: number;
}

/** @since 0.1.0 */
export interface TaskQueueCapabilities {
  readonly delivery: 'at-most-once' | 'at-least-once';
  readonly ordering: 'none' | 'per-key' | 'total';
  readonly leases: false | { readonly minMs: number; readonly extend: boolean };
  readonly deadLetter: boolean;
  readonly delayed: false | { readonly granularityMs: number };
  readonly durability: Durability;
  readonly maxJobBytes: number;
}

/** What a handler holds while it works on a job. @since 0.1.0 */
export interface JobControl {
  /** Says that the job is still worked on. */
  heartbeat(): Promise<void>;
  /** Aborted when the job is lost to another consumer: whatever the handler still does may be done twice. */
  readonly signal: AbortSignal;
}

/**
 * A log or queue of jobs. A handler that returns settles its job; one that throws gives it back, until the queue's limit
 * of deliveries, after which it is dead-lettered where that is declared.
 *
 * @since 0.1.0
 */
export interface TaskQueue extends Adapter<TaskQueueCapabilities> {
  /** When it resolves, all jobs are as durable as declared. */
  enqueue(jobs: readonly Job[], options?: CallOptions): Promise<void>;
  /** Works until `signal` aborts, then stops taking jobs, waits for those in flight and resolves. */
  consume(
    options: {
      readonly queues: readonly string[];
      readonly group: string;
      readonly concurrency: number;
      readonly signal: AbortSignal;
    },
    handler: (job: Job, control: JobControl) => Promise<void>,
  ): Promise<void>;
  depth(
    queue: string,
    group: string,
    options?: CallOptions,
  ): Promise<{ readonly waiting: number; readonly inFlight: number; readonly deadLettered: number }>;
}
