import type { RunStore } from '../adapters/run-store.ts';
import { AiworkError } from '../errors.ts';

/** A run store whose process is going to die. @since 0.1.0 */
export interface CrashingRunStore extends RunStore {
  /** Events appended so far. */
  readonly appended: number;
  readonly crashed: boolean;
}

/**
 * Lets `events` events through to `store`, and from then on fails every call, as if the process had died: nothing more
 * reaches the store, leases included, and what is in it stays there. An append that would go beyond is not made at all.
 * Closing it leaves `store` open, so that another orchestrator can go on with it.
 *
 * Of the process itself nothing dies: code that is at work goes on until it next needs the journal.
 *
 * @example
 * ```ts
 * import { createMemoryRunStore } from '@aiwork/core';
 * import { crashAfter } from '@aiwork/core/testing';
 *
 * const dying = crashAfter(createMemoryRunStore(), 0);
 * await dying.getRun('r-1').catch((error) => console.log(error.code)); // AIWORK_STORE_FAILED
 * ```
 * @since 0.1.0
 */
export function crashAfter(store: RunStore, events: number): CrashingRunStore {
  let appended = 0;
  let crashed = events <= 0;

  function alive(): void {
    if (!crashed) return;
    throw new AiworkError('AIWORK_STORE_FAILED', `simulated crash after ${events} events`, {
      outcome: 'not-applied',
    });
  }

  return {
    capabilities: store.capabilities,
    get appended() {
      return appended;
    },
    get crashed() {
      return crashed;
    },
    async createRun(record, options) {
      alive();
      return store.createRun(record, options);
    },
    async getRun(runId, options) {
      alive();
      return store.getRun(runId, options);
    },
    async append(runId, append) {
      if (appended + append.events.length > events) crashed = true;
      alive();
      // Before the store answers: another append must not slip past meanwhile.
      appended += append.events.length;
      const result = await store.append(runId, append);
      if (!result.applied) appended -= append.events.length;
      if (appended >= events) crashed = true;
      return result;
    },
    async *events(runId, options) {
      alive();
      for await (const event of store.events(runId, options)) {
        alive();
        yield event;
      }
    },
    async lease(runId, owner, ttlMs, options) {
      alive();
      return store.lease(runId, owner, ttlMs, options);
    },
    async release(runId, owner, options) {
      alive();
      return store.release(runId, owner, options);
    },
    async due(now, limit, options) {
      alive();
      return store.due(now, limit, options);
    },
    async list(query) {
      alive();
      return store.list(query);
    },
    async prune(before, options) {
      alive();
      return store.prune(before, options);
    },
    async close() {
      crashed = true;
    },
    async [Symbol.asyncDispose]() {
      crashed = true;
    },
  };
}
