import type { RunError } from '../run-error.ts';
import type { Adapter, CallOptions, Durability, Page } from './adapter.ts';

/**
 * A step that is ready to be worked on. Texts are well-formed strings of at least one character (an unpaired surrogate
 * is refused); a handler is given exactly these members, in memory of its own.
 *
 * @since 0.1.0
 */
export interface Job {
  /**
   * For whoever compares: a queue does not. A job that is enqueued twice is two jobs of one id, and each is handed out.
   */
  readonly id: string;
  /** 1 to 200 letters, digits, `.`, `_` or `-`; neither `.` nor `..`. */
  readonly queue: string;
  readonly runId: string;
  readonly stepId: string;
  /** A whole number of 1 or more. */
  readonly attempt: number;
  /**
   * A whole number; higher goes first where the queue declares `priorities`, and means nothing elsewhere. Jobs of one
   * `key` keep their order all the same, where it is declared.
   */
  readonly priority: number;
  /** Jobs of one key keep their order when the queue declares `ordering: 'per-key'`. */
  readonly key?: string;
  /** When it may be handed out, in milliseconds since the Unix epoch; one that has passed means at once. */
  readonly notBefore?: number;
}

/** @since 0.1.0 */
export interface TaskQueueCapabilities {
  /**
   * `per-key`: a job with a key is handed to a group when every job of its queue and key that was enqueued before is
   * settled or dead-lettered there; until then it waits, also while an earlier one is delayed or to be handed out again.
   * Jobs of one `enqueue` have the order of its list.
   */
  readonly ordering: 'none' | 'per-key';
  /** Whether, of the jobs of a queue that may go, one of the highest priority goes first. */
  readonly priorities: boolean;
  /**
   * When a job is handed out again that no handler gave back. `lost`: only after it was lost with its consumer, whose
   * lease ran out, whose connection broke or whose service went away. `rebalanced`: also when consumers of its group
   * come or go.
   */
  readonly redelivers: 'lost' | 'rebalanced';
  /** A job that a handler gave back is handed out again at the latest so many milliseconds after, given room. */
  readonly maxRedeliveryMs: number;
  /**
   * A job whose consumer says nothing for `ms` milliseconds is lost to it, and is handed to another at the latest
   * `maxLateMs` after that, given room. `false`: a job is its consumer's until the handler is over or the process gone.
   */
  readonly leases: false | { readonly ms: number; readonly maxLateMs: number };
  /**
   * A job is dead-lettered when as many handlers of a group as `maxDeliveries` gave it back; deliveries that were lost
   * may count too. `false`: it is handed out until one settles it.
   */
  readonly deadLetters: false | { readonly maxDeliveries: number };
  /**
   * A job with `notBefore` is handed out at the latest `maxLateMs` after that time, given room, and never early by more
   * than `granularityMs`. `false`: `notBefore` is refused.
   */
  readonly delayed: false | { readonly granularityMs: number; readonly maxLateMs: number };
  /** Whether {@link TaskQueue.depth} tells how it is now, or how it was a moment ago. */
  readonly depth: 'exact' | 'approximate';
  readonly durability: Durability;
  /** Largest job, in bytes of its JSON in UTF-8, with its members as named here. */
  readonly maxJobBytes: number;
}

/** What a handler holds while it works on a job. @since 0.1.0 */
export interface JobControl {
  /**
   * Begins the lease of the job anew, where there are leases; say it well within their time.
   *
   * @throws `AIWORK_LEASE_LOST` once the job is lost to this handler.
   */
  heartbeat(): Promise<void>;
  /**
   * Aborted when the job is lost: another consumer is given it, and how this handler ends no longer counts. Stopping
   * and closing do not abort it.
   */
  readonly signal: AbortSignal;
}

/** Settles its job by returning, and gives it back by throwing, whatever it throws. @since 0.1.0 */
export type JobHandler = (job: Job, control: JobControl) => Promise<void>;

/** @since 0.1.0 */
export interface ConsumeOptions {
  /** At least one. None of them starves for another. */
  readonly queues: readonly string[];
  /** Named as a queue is. Consumers of one group share its jobs. */
  readonly group: string;
  /** How many handlers may run at once, at most: a whole number of 1 or more. */
  readonly concurrency: number;
  /** Aborts when no more jobs are to be taken. */
  readonly signal: AbortSignal;
}

/** A job that a group gave up. @since 0.1.0 */
export interface DeadLetter {
  /** Its own, not the job's; opaque. */
  readonly id: string;
  readonly job: Job;
  /** What the last handler threw; `AIWORK_LEASE_LOST` where the last one was lost. */
  readonly error: RunError;
  /** How often the job was handed out to the group. */
  readonly deliveries: number;
  /** In milliseconds since the Unix epoch. */
  readonly deadAt: number;
}

/** @since 0.1.0 */
export interface DeadLetterQuery extends CallOptions {
  readonly cursor?: string;
  /** Items on a page, from 1 to 1000. Default 100. */
  readonly limit?: number;
}

/**
 * A log or queue of jobs, which groups of consumers work on: at least once, and once as long as nothing fails.
 *
 * - Every group is handed every job of its own. The first group that consumes a queue is handed all its jobs, also those
 *   enqueued before; another one at least those enqueued once it was handed any, or had begun long enough before.
 * - In a group, a job is with one handler at a time. It is handed out until a handler settles it or it is dead-lettered,
 *   and to that group never again after that unless {@link TaskQueueCapabilities.redelivers} says so.
 * - An error may name a job by its `id`, `queue` and `key`, and shows nothing else of it.
 * - Names of queues and groups never reach the service's own syntax, another queue nor another namespace.
 *
 * @since 0.1.0
 */
export interface TaskQueue extends Adapter<TaskQueueCapabilities> {
  /**
   * When it resolves, all jobs are as durable as declared. When it rejects, none was enqueued; with `outcome: 'unknown'`
   * any of them may have been. `jobs` may be empty, of several queues, and as many as memory holds.
   */
  enqueue(jobs: readonly Job[], options?: CallOptions): Promise<void>;
  /**
   * Works until `signal` aborts, then takes no more jobs, waits for the handlers whose jobs are not lost, and resolves;
   * at once when it was aborted before. {@link Adapter.close} stops it in the same way.
   *
   * Connections that break do not end it. It rejects for arguments that make no sense, and when it cannot go on at all.
   */
  consume(options: ConsumeOptions, handler: JobHandler): Promise<void>;
  /**
   * How many jobs of a queue a group has: `waiting` to be handed out, now or later; with a handler; given up. For a
   * group that has not consumed yet, what it would be handed if it began now.
   */
  depth(
    queue: string,
    group: string,
    options?: CallOptions,
  ): Promise<{ readonly waiting: number; readonly inFlight: number; readonly deadLettered: number }>;
  /**
   * What a group gave up and nobody has put back, in the order in which it was given up.
   *
   * @throws `AIWORK_UNSUPPORTED_CAPABILITY` when no `deadLetters` are declared.
   */
  deadLetters(queue: string, group: string, options?: DeadLetterQuery): Promise<Page<DeadLetter>>;
  /**
   * Puts back the jobs of those dead letters, for that group alone, as if they had just been enqueued and never been
   * handed out; gives how many. Ids of none count as put back before.
   *
   * @throws `AIWORK_UNSUPPORTED_CAPABILITY` when no `deadLetters` are declared.
   */
  redrive(queue: string, group: string, letterIds: readonly string[], options?: CallOptions): Promise<number>;
}
