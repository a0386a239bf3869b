import type { Append, RunQuery } from '../adapters/run-store.ts';
import type { RunStatus } from '../run-event.ts';
import { checkTtl, checkWellFormed, invalidArgument } from './argument-checks.ts';

/** Most runs one `prune` looks at, so that no call keeps a store busy for long. */
export const pruneBatch = 250;

const defaultPage = 100;
const largestPage = 1000;

/** Whether a run of this status is over. */
export function isFinished(status: RunStatus): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled';
}

/** Refuses events that are not numbered from `expectedSeq + 1` on without a gap. */
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

/** The sequence number to read events after; 0 where none is given. */
export function checkAfterSeq(afterSeq = 0): number {
  if (Number.isSafeInteger(afterSeq) && afterSeq >= 0) return afterSeq;
  throw invalidArgument(`afterSeq is ${afterSeq}: give the sequence number to read after, or 0`);
}

export function checkDueLimit(limit: number): void {
  if (Number.isSafeInteger(limit) && limit >= 1) return;
  throw invalidArgument(`limit is ${limit}: give a whole number of at least 1`);
}

export function checkLease(owner: string, ttlMs: number): void {
  checkWellFormed(owner, 'the owner');
  checkTtl(ttlMs);
}

export function pageLimit({ limit = defaultPage }: Pick<RunQuery, 'limit'>): number {
  if (Number.isSafeInteger(limit) && limit >= 1 && limit <= largestPage) return limit;
  throw invalidArgument(`limit is ${limit}: give a whole number from 1 to ${largestPage}`);
}

/** The position a listing goes on below; listings start above every position. */
export function cursorPosition({ cursor }: Pick<RunQuery, 'cursor'>): number {
  if (cursor === undefined) return Number.MAX_SAFE_INTEGER;
  const position = /^[1-9]\d{0,15}$/.test(cursor) ? Number(cursor) : Number.NaN;
  if (Number.isSafeInteger(position)) return position;
  throw invalidArgument(`the cursor ${JSON.stringify(cursor)} is not one a listing returned`);
}
