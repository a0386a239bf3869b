import type { RunStore } from '@aiwork/core';
import { checkAfterSeq, checkDueLimit, checkLease, checkRunId } from '@aiwork/core/adapter-kit';
import type { StoreParts } from '../store-parts.ts';
import { appendEvents } from './append-events.ts';
import { createRun } from './create-run.ts';
import { dueRuns } from './due-runs.ts';
import { giveBackLease, takeLease } from './lease-run.ts';
import { listRuns } from './list-runs.ts';
import { pruneRuns } from './prune-runs.ts';
import { firstEvents, moreEvents } from './read-events.ts';
import { runCalls } from './run-calls.ts';
import { checkChanges, checkMoment, checkRecord, checkStatus, eventTexts } from './run-checks.ts';
import { runKeys } from './run-keys.ts';
import { readRuns } from './run-rows.ts';

export interface RunStoreParts extends StoreParts {
  readonly maxEventBytes: number;
}

/** Runs in Redis. */
export function createRedisRunStore(parts: RunStoreParts): RunStore {
  const { connection, keyspace, gate, durability, maxEventBytes } = parts;
  const calls = runCalls(connection, runKeys(keyspace));

  return {
    capabilities: Object.freeze({ durability, maxEventBytes }),

    createRun(record, options = {}) {
      return gate.pass(async () => {
        checkRecord(record);
        if (options.lease) checkLease(options.lease.owner, options.lease.ttlMs);
        return createRun(calls, record, options);
      });
    },

    getRun(runId, options = {}) {
      return gate.pass(async () => {
        checkRunId(runId);
        const [run] = await readRuns(calls, [runId], options);
        return run?.record;
      });
    },

    append(runId, append) {
      return gate.pass(async () => {
        checkRunId(runId);
        checkChanges(append);
        return appendEvents(calls, runId, append, eventTexts(append.events, maxEventBytes));
      });
    },

    async *events(runId, { afterSeq, signal } = {}) {
      let after = checkAfterSeq(afterSeq);
      checkRunId(runId);
      const page = await gate.pass(() => firstEvents(calls, runId, after, { signal }));
      if (!page) return;
      const { reading } = page;
      let { events } = page;
      for (;;) {
        yield* events;
        after += events.length;
        if (after >= reading.last) return;
        events = await gate.pass(() => moreEvents(calls, reading, after, { signal }));
      }
    },

    lease(runId, owner, ttlMs, { signal } = {}) {
      return gate.pass(async () => {
        checkRunId(runId);
        checkLease(owner, ttlMs);
        return takeLease(calls, runId, { owner, ttlMs, signal });
      });
    },

    release(runId, owner, { signal } = {}) {
      return gate.pass(async () => {
        checkRunId(runId);
        return giveBackLease(calls, runId, { owner, signal });
      });
    },

    due(now, limit, options = {}) {
      return gate.pass(async () => {
        checkMoment(now, 'now');
        checkDueLimit(limit);
        return dueRuns(calls, now, limit, options);
      });
    },

    list(query = {}) {
      return gate.pass(async () => {
        if (query.status !== undefined) checkStatus(query.status);
        return listRuns(calls, query);
      });
    },

    prune(before, options = {}) {
      return gate.pass(async () => {
        checkMoment(before, 'before');
        return pruneRuns(calls, before, options);
      });
    },

    close: gate.close,
    [Symbol.asyncDispose]: gate.close,
  };
}
