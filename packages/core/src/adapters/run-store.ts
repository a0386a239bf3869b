import type { RunEvent, RunStatus } from '../run-event.ts';
import type { TraceContext } from '../trace-context.ts';
import type { Adapter, CallOptions, Durability, Page } from './adapter.ts';

/** What is known of a run without reading its journal. @since 0.1.0 */
export interface RunRecord {
  readonly id: string;
  /** Id of the unit that runs: a flow, or a task, tool or agent started by itself. */
  readonly unitId: string;
  readonly version: string;
  /** Hash of the flow's graph when the run was created. */
  readonly graphHash: string;
  readonly status: RunStatus;
  /** The validated input, in the journal's form. */
  readonly input?: unknown;
  /** Present when `input` is in tagged form because JSON cannot express it. */
  readonly inputTagged?: boolean;
  /** Present when the input was too large and went to the payload store. */
  readonly inputRef?: { readonly hash: string; readonly bytes: number };
  readonly tags: readonly string[];
  readonly priority?: number;
  readonly budget?: Readonly<Record<string, number>>;
  /** The queue whose workers it is for; without one, any worker that knows its unit. */
  readonly queue?: string;
  /** The run this one repeats. */
  readonly rerunOf?: string;
  /** The step from which on it repeats that run; results of others are taken over. Without one, all is done again. */
  readonly rerunFrom?: string;
  /** The run and step that started this one. */
  readonly parent?: { readonly runId: string; readonly stepId: string };
  /** Of what it is a part, in a distributed trace. */
  readonly trace?: TraceContext;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
  /** Time of the last event, in milliseconds since the Unix epoch; as given by the creator while there is none. */
  readonly updatedAt: number;
  /** When a `waiting` run has to be looked at again, in milliseconds since the Unix epoch. */
  readonly wakeAt?: number;
}

/** Which runs to list; all given conditions hold. The run that was created last comes first. @since 0.1.0 */
export interface RunQuery extends CallOptions {
  readonly unitId?: string;
  readonly status?: RunStatus;
  readonly tag?: string;
  readonly cursor?: string;
  /** Items on a page, from 1 to 1000. Default 100. */
  readonly limit?: number;
}

/** @since 0.1.0 */
export interface Append extends CallOptions {
  /** The last sequence number the caller knows. */
  readonly expectedSeq: number;
  /** Numbered from `expectedSeq + 1` on without a gap. */
  readonly events: readonly RunEvent[];
  /**
   * When given, the append is refused unless this owner holds the lease; one that has expired is held by nobody.
   * Messages from outside carry no owner.
   */
  readonly owner?: string;
  readonly status?: RunStatus;
  /** New wake time; `null` clears it. */
  readonly wakeAt?: number | null;
}

/** @since 0.1.0 */
export type AppendResult =
  | { readonly applied: true; readonly seq: number }
  /**
   * `absent`: no such run. `lease`: `owner` does not hold the lease. `conflict`: `expectedSeq` is not the last one. The
   * first of them that holds is given.
   */
  | { readonly applied: false; readonly reason: 'conflict' | 'lease' | 'absent' };

/** @since 0.1.0 */
export interface RunStoreCapabilities {
  readonly durability: Durability;
  /** Largest event, in bytes of its JSON in UTF-8. */
  readonly maxEventBytes: number;
}

/**
 * The journal of runs.
 *
 * Events and records are plain JSON data: `JSON.stringify` is all a store needs. They are never changed, neither by who
 * gave them nor by who gets them, so a store need not copy them. Runs are isolated from each other; a run id is any
 * well-formed string of 1 to 500 characters without control characters and never reaches the service's own syntax.
 *
 * Leases are measured by the store's own clock. Taking, renewing, giving back, appending with an owner and reading are
 * linearizable for each run: what has resolved in one client is what every client's next call goes by.
 *
 * @since 0.1.0
 */
export interface RunStore extends Adapter<RunStoreCapabilities> {
  /**
   * Writes a record unless one with its id exists, and takes the lease for `lease.owner` in the same step when given.
   *
   * `exists` changes nothing.
   */
  createRun(
    record: RunRecord,
    options?: CallOptions & { readonly lease?: { readonly owner: string; readonly ttlMs: number } },
  ): Promise<'created' | 'exists'>;

  getRun(runId: string, options?: CallOptions): Promise<RunRecord | undefined>;

  /**
   * Appends events, and changes status and wake time, in one atomic step: all or nothing. Of several callers with the
   * same `expectedSeq`, one is applied. When it resolves as applied, the events are as durable as declared.
   */
  append(runId: string, append: Append): Promise<AppendResult>;

  /**
   * The run's events after `afterSeq` (default 0), in order; ends at the one that was last when the iteration began. Ends
   * at once for a run that does not exist.
   *
   * @throws `AIWORK_RUN_NOT_FOUND` when the run is deleted meanwhile and the rest of its events is gone: an iteration
   * never ends early without saying so.
   */
  events(runId: string, options?: CallOptions & { readonly afterSeq?: number }): AsyncIterable<RunEvent>;

  /**
   * Takes or renews the lease; one that has expired is free for all, and of several at once one gets it. `false` when
   * another owner holds one that has not expired, or there is no such run.
   */
  lease(runId: string, owner: string, ttlMs: number, options?: CallOptions): Promise<boolean>;

  /** Gives the lease back; does nothing when `owner` does not hold it, or no longer. */
  release(runId: string, owner: string, options?: CallOptions): Promise<void>;

  /**
   * Ids of unfinished runs that nobody holds a lease on and that can move at `now` (milliseconds since the Unix epoch):
   * `queued` and `running` ones, and `waiting` ones whose `wakeAt` has come. The run that was created first comes first.
   * `limit`: at least 1.
   */
  due(now: number, limit: number, options?: CallOptions): Promise<readonly string[]>;

  list(query?: RunQuery): Promise<Page<RunRecord>>;

  /**
   * Deletes finished runs last updated before `before` (milliseconds since the Unix epoch), with their events, and
   * returns their ids. At most 1000 a call; call again until it returns none.
   */
  prune(before: number, options?: CallOptions): Promise<readonly string[]>;
}
