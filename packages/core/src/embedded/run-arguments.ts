import type { Append, RunQuery } from '../adapters/run-store.ts';
import type { RunStatus } from '../run-event.ts';
import { checkTtl, checkWellFormed, invalidArgument } from './argument-checks.ts';

/** Most runs one `prune` looks at, so that no call keeps a store busy for long. */
export const pruneBatch = 250;

const defaultPage = 100;
const largestPage = 1000;

/**
 * Whether a run of this status is over.
 *
 * @example
 * ```ts
 * import { isFinished } from '@aiwork/core/adapter-kit';
 *
 * console.log(isFinished('waiting'), isFinished('cancelled')); // false true
 * ```
 * @since 0.1.0
 */
export function isFinished(status: RunStatus): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled';
}

/**
 * Refuses events that are not numbered from `expectedSeq + 1` on without a gap.
 *
 * @throws `AIWORK_INVALID_ARGUMENT`.
 * @example
 * ```ts
 * import { checkAppend } from '@aiwork/core/adapter-kit';
 *
 * checkAppend({ expectedSeq: 0, events: [{ seq: 1, at: 0, runId: 'run', type: 'step.undone', stepId: 'a' }] });
 * ```
 * @since 0.1.0
 */
export function checkAppend({ expectedSeq, events }: Append): void {
  if (!Number.isSafeInteger(expectedSeq) || expectedSeq < 0) {
    throw invalidArgument(`expectedSeq is ${expectedSeq}: give the last sequence number you know, or 0`);
  }
  let seq = expectedSeq;
  for (const event of events) {
    seq += 1;
    if (event.seq !== seq) {
      throw invalidArgument(
        `an event is numbered ${event.seq} where ${seq} is next: number events from expectedSeq + 1 on without a gap`,
      );
    }
  }
}

/**
 * The sequence number to read events after; 0 where none is given.
 *
 * @throws `AIWORK_INVALID_ARGUMENT`.
 * @example
 * ```ts
 * import { checkAfterSeq } from '@aiwork/core/adapter-kit';
 *
 * console.log(checkAfterSeq(undefined)); // 0
 * ```
 * @since 0.1.0
 */
export function checkAfterSeq(afterSeq = 0): number {
  if (Number.isSafeInteger(afterSeq) && afterSeq >= 0) return afterSeq;
  throw invalidArgument(`afterSeq is ${afterSeq}: give the sequence number to read after, or 0`);
}

/**
 * Refuses a limit of `due` that is not a whole number of at least 1.
 *
 * @throws `AIWORK_INVALID_ARGUMENT`.
 * @example
 * ```ts
 * import { checkDueLimit } from '@aiwork/core/adapter-kit';
 *
 * checkDueLimit(10);
 * ```
 * @since 0.1.0
 */
export function checkDueLimit(limit: number): void {
  if (Number.isSafeInteger(limit) && limit >= 1) return;
  throw invalidArgument(`limit is ${limit}: give a whole number of at least 1`);
}

/**
 * Refuses a lease that nobody could hold.
 *
 * @throws `AIWORK_INVALID_ARGUMENT`.
 * @example
 * ```ts
 * import { checkLease } from '@aiwork/core/adapter-kit';
 *
 * checkLease('worker-1', 30_000);
 * ```
 * @since 0.1.0
 */
export function checkLease(owner: string, ttlMs: number): void {
  checkWellFormed(owner, 'the owner');
  checkTtl(ttlMs);
}

/**
 * How many runs a page of a listing has: `limit` from 1 to 1000, or 100.
 *
 * @throws `AIWORK_INVALID_ARGUMENT`.
 * @example
 * ```ts
 * import { pageLimit } from '@aiwork/core/adapter-kit';
 *
 * console.log(pageLimit({})); // 100
 * ```
 * @since 0.1.0
 */
export function pageLimit({ limit = defaultPage }: Pick<RunQuery, 'limit'>): number {
  if (Number.isSafeInteger(limit) && limit >= 1 && limit <= largestPage) return limit;
  throw invalidArgument(`limit is ${limit}: give a whole number from 1 to ${largestPage}`);
}

/**
 * The position a listing goes on below, for stores whose cursors are whole numbers. Without a cursor it is above every
 * position.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when the cursor is not such a number.
 * @example
 * ```ts
 * import { cursorPosition } from '@aiwork/core/adapter-kit';
 *
 * console.log(cursorPosition({ cursor: '42' })); // 42
 * ```
 * @since 0.1.0
 */
export function cursorPosition({ cursor }: Pick<RunQuery, 'cursor'>): number {
  if (cursor === undefined) return Number.MAX_SAFE_INTEGER;
  const position = /^[1-9]\d{0,15}$/.test(cursor) ? Number(cursor) : Number.NaN;
  if (Number.isSafeInteger(position)) return position;
  throw invalidArgument(`the cursor ${JSON.stringify(cursor)} is not one a listing returned`);
}
