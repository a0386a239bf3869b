import type { Job } from '@aiwork/core';

/** What happened to the jobs of a queue, in the order in which it was seen. Times are in milliseconds. */
export type HistoryEvent =
  | { readonly type: 'enqueue'; readonly call: number; readonly jobs: readonly Job[] }
  | {
      readonly type: 'enqueued';
      readonly call: number;
      readonly outcome: 'applied' | 'not-applied' | 'unknown';
    }
  /** A consumer comes or goes. */
  | { readonly type: 'consume' | 'leave'; readonly queues: readonly string[]; readonly group: string }
  | {
      readonly type: 'deliver';
      readonly delivery: number;
      readonly group: string;
      readonly job: Job;
      readonly at: number;
    }
  /** What became of a delivery: the handler returned or threw, said that it is at work, or was told that it lost the job. */
  | {
      readonly type: 'settle' | 'give-back' | 'heartbeat' | 'lost';
      readonly delivery: number;
      readonly at: number;
    }
  | {
      readonly type: 'redrive';
      readonly queue: string;
      readonly group: string;
      readonly ids: readonly string[];
    }
  /** A connection or the service was broken: from here on, what was in flight may be handed out again. */
  | { readonly type: 'fault' };

/** What a queue says about itself that a history is judged by. */
export interface Declaration {
  readonly ordering: 'none' | 'per-key';
  readonly redelivers: 'lost' | 'rebalanced';
  /** Infinity where there are none. */
  readonly leaseMs: number;
  /** Infinity where nothing is dead-lettered. */
  readonly maxDeliveries: number;
  /** How early a delayed job may be. */
  readonly granularityMs: number;
}

/**
 * - `lost`: acknowledged, and no handler of a group it belongs to ever settled it, nor has it now.
 * - `stuck`: its handler said nothing until its lease ran out, and nobody else was given it.
 * - `phantom`: nobody enqueued it, or its enqueuing was said not to have happened.
 * - `shared`: handed to a second handler of a group while the first held it.
 * - `settled-again`: handed to a group that had settled it.
 * - `duplicated`: handed to a group more often than it is handed out before it is dead-lettered.
 * - `reordered`: handed out before an earlier job of its key was done.
 * - `early`: handed out before its time.
 */
export type AnomalyKind =
  | 'lost'
  | 'stuck'
  | 'phantom'
  | 'shared'
  | 'settled-again'
  | 'duplicated'
  | 'reordered'
  | 'early';

export interface Anomaly {
  readonly kind: AnomalyKind;
  readonly job: string;
  readonly group: string;
  readonly detail: string;
}
