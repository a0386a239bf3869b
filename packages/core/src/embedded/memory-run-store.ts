import type { Append, AppendResult, RunQuery, RunRecord, RunStore } from '../adapters/run-store.ts';
import { ClosedError } from '../errors.ts';
import type { RunEvent } from '../run-event.ts';
import { checkBytes, checkRunId, checkSignal, limitOption } from './argument-checks.ts';
import {
  checkAfterSeq,
  checkAppend,
  checkDueLimit,
  checkLease,
  cursorPosition,
  isFinished,
  pageLimit,
  pruneBatch,
} from './run-arguments.ts';

/** @since 0.1.0 */
export interface MemoryRunStoreOptions {
  /** The clock leases are measured by, in milliseconds since the Unix epoch. Default `Date.now`. */
  readonly now?: () => number;
  /** Refuse events larger than this, in bytes of their JSON in UTF-8. Default: no limit, and nothing is measured. */
  readonly maxEventBytes?: number;
}

interface Run {
  /** Rises with every created run; what listings are ordered by. */
  readonly position: number;
  readonly record: RunRecord;
  events: RunEvent[];
  status: RunRecord['status'];
  updatedAt: number;
  wakeAt: number | undefined;
  owner: string | undefined;
  leaseUntil: number;
}

/**
 * Keeps runs in this process's memory: the default of an orchestrator, and what tests use. All is lost with the process.
 *
 * Events and records are kept as they were given, not copied, and handed out again: treat them as immutable.
 *
 * @example
 * ```ts
 * import { createMemoryRunStore } from '@aiwork/core';
 *
 * const store = createMemoryRunStore();
 * console.log(store.capabilities.durability); // process
 * await store.close();
 * ```
 * @since 0.1.0
 */
export function createMemoryRunStore(options: MemoryRunStoreOptions = {}): RunStore {
  const { now = Date.now } = options;
  const maxEventBytes = limitOption(options.maxEventBytes, 'maxEventBytes', Number.POSITIVE_INFINITY);
  const runs = new Map<string, Run>();
  /** Apart from `runs`, so that `due` does not walk over everything that is long finished. */
  const unfinished = new Set<Run>();
  let inOrder: Run[] = [];
  let lastPosition = 0;
  let closed = false;

  function check(signal: AbortSignal | undefined): void {
    if (closed) throw new ClosedError('the in-memory run store');
    if (signal !== undefined) checkSignal(signal);
  }

  function holds(run: Run, owner: string): boolean {
    return run.owner === owner && run.leaseUntil > now();
  }

  function move(run: Run, status: RunRecord['status']): void {
    run.status = status;
    if (isFinished(status)) unfinished.delete(run);
    else unfinished.add(run);
  }

  function apply(run: Run, append: Append): AppendResult {
    const { expectedSeq, events, status, wakeAt } = append;
    // Most runs are over after one append: a copy has no room for more, which all that are kept would pay for.
    if (run.events.length === 0) run.events = events.slice();
    else for (const event of events) run.events.push(event);
    if (events.length > 0) run.updatedAt = (events[events.length - 1] as RunEvent).at;
    if (status !== undefined && status !== run.status) move(run, status);
    if (wakeAt !== undefined) run.wakeAt = wakeAt ?? undefined;
    return { applied: true, seq: expectedSeq + events.length };
  }

  return {
    capabilities: Object.freeze({ durability: 'process', maxEventBytes }),

    async createRun(record, { lease, signal } = {}) {
      check(signal);
      checkRunId(record.id);
      if (lease) checkLease(lease.owner, lease.ttlMs);
      if (runs.has(record.id)) return 'exists';
      lastPosition += 1;
      const run: Run = {
        position: lastPosition,
        record,
        events: [],
        status: record.status,
        updatedAt: record.updatedAt,
        wakeAt: record.wakeAt,
        owner: lease?.owner,
        leaseUntil: lease ? now() + lease.ttlMs : 0,
      };
      runs.set(record.id, run);
      inOrder.push(run);
      move(run, record.status);
      return 'created';
    },

    async getRun(runId, { signal } = {}) {
      check(signal);
      const run = runs.get(runId);
      return run && snapshot(run);
    },

    async append(runId, append) {
      check(append.signal);
      checkAppend(append);
      if (maxEventBytes !== Number.POSITIVE_INFINITY) checkEvents(append.events, maxEventBytes);
      const run = runs.get(runId);
      if (!run) return { applied: false, reason: 'absent' };
      if (append.owner !== undefined && !holds(run, append.owner)) return { applied: false, reason: 'lease' };
      if (run.events.length !== append.expectedSeq) return { applied: false, reason: 'conflict' };
      return apply(run, append);
    },

    async *events(runId, { afterSeq, signal } = {}) {
      check(signal);
      const start = checkAfterSeq(afterSeq);
      const events = runs.get(runId)?.events ?? [];
      const end = events.length;
      // Events are numbered from 1 without a gap, so the one after `start` is at index `start`.
      for (let index = start; index < end; index += 1) {
        check(signal);
        yield events[index] as RunEvent;
      }
    },

    async lease(runId, owner, ttlMs, { signal } = {}) {
      check(signal);
      checkLease(owner, ttlMs);
      const run = runs.get(runId);
      const time = now();
      if (!run || (run.owner !== owner && run.leaseUntil > time)) return false;
      run.owner = owner;
      run.leaseUntil = time + ttlMs;
      return true;
    },

    async release(runId, owner, { signal } = {}) {
      check(signal);
      const run = runs.get(runId);
      if (run?.owner !== owner) return;
      run.owner = undefined;
      run.leaseUntil = 0;
    },

    async due(at, limit, { signal } = {}) {
      check(signal);
      checkDueLimit(limit);
      const time = now();
      return [...unfinished]
        .filter((run) => run.leaseUntil <= time && canMove(run, at))
        .sort((a, b) => a.position - b.position)
        .slice(0, limit)
        .map((run) => run.record.id);
    },

    async list(query = {}) {
      check(query.signal);
      const limit = pageLimit(query);
      const found: Run[] = [];
      for (let index = indexBelow(inOrder, cursorPosition(query)); index >= 0; index -= 1) {
        const run = inOrder[index] as Run;
        if (!fits(run, query)) continue;
        if (found.length === limit) return page(found, found[limit - 1]?.position);
        found.push(run);
      }
      return page(found);
    },

    async prune(before, { signal } = {}) {
      check(signal);
      const ids: string[] = [];
      let kept = 0;
      let looked = 0;
      // Old runs lie in front: those behind the last of a batch are moved up, and not looked at.
      for (; looked < inOrder.length && ids.length < pruneBatch; looked += 1) {
        const run = inOrder[looked] as Run;
        if (isFinished(run.status) && run.updatedAt < before) {
          ids.push(run.record.id);
          runs.delete(run.record.id);
        } else {
          inOrder[kept] = run;
          kept += 1;
        }
      }
      inOrder.splice(kept, looked - kept);
      return ids;
    },

    async close() {
      closed = true;
      runs.clear();
      unfinished.clear();
      inOrder = [];
    },

    async [Symbol.asyncDispose]() {
      await this.close();
    },
  };
}

function checkEvents(events: readonly RunEvent[], maxEventBytes: number): void {
  for (const event of events) {
    checkBytes(JSON.stringify(event), `event ${event.seq} (${event.type})`, 'maxEventBytes', maxEventBytes);
  }
}

function snapshot({ record, status, updatedAt, wakeAt }: Run): RunRecord {
  if (wakeAt !== undefined) return { ...record, status, updatedAt, wakeAt };
  if (record.wakeAt === undefined) return { ...record, status, updatedAt };
  const { wakeAt: _over, ...kept } = record;
  return { ...kept, status, updatedAt };
}

function canMove(run: Run, at: number): boolean {
  return run.status !== 'waiting' || (run.wakeAt !== undefined && run.wakeAt <= at);
}

function fits({ record, status }: Run, query: RunQuery): boolean {
  return (
    (query.unitId === undefined || record.unitId === query.unitId) &&
    (query.status === undefined || status === query.status) &&
    (query.tag === undefined || record.tags.includes(query.tag))
  );
}

function page(found: readonly Run[], cursor?: number) {
  return { items: found.map(snapshot), ...(cursor !== undefined && { cursor: String(cursor) }) };
}

/** Index of the last run below `position`; -1 when there is none. Runs lie in rising order of position. */
function indexBelow(inOrder: readonly Run[], position: number): number {
  let low = 0;
  let high = inOrder.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((inOrder[middle] as Run).position < position) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
