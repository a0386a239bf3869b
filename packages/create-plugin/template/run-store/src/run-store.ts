import type { RunStore, RunStoreCapabilities } from '@aiwork/core';
import {
  checkAfterSeq,
  checkAppend,
  checkBytes,
  checkDueLimit,
  checkLease,
  checkRunId,
  checkSignal,
  createCallGate,
  pageLimit,
  toJsonText,
} from '@aiwork/core/adapter-kit';

// The contract is the TSDoc of `RunStore` in @aiwork/core. [run-store.leases] names the checks that hold a line to it:
// `npx aiwork-contract explain ID` says what one is about.

export interface RunStoreOptions {
  /** Keeps tenants apart: a store sees nothing of other namespaces. Default `default`. */
  readonly namespace?: string;
}

const capabilities: RunStoreCapabilities = Object.freeze({
  // What an acknowledged write survives: 'process', 'service-restart' or 'service-kill'.
  durability: 'process',
  // Exact: at n it works, at n + 1 it refuses. [run-store.append]
  maxEventBytes: 1_048_576,
});

export function createRunStore({ namespace = 'default' }: RunStoreOptions = {}): RunStore {
  // Refuses calls after close(), and lets close() wait for those in flight. [run-store.ending]
  const gate = createCallGate('the run store', async () => {
    // Close the connection, timers and listeners here.
  });

  return {
    capabilities,

    // Record and lease in one step; 'exists' changes nothing. [run-store.records] [run-store.clients]
    createRun(record, { lease, signal } = {}) {
      return gate.pass(async () => {
        checkSignal(signal);
        checkRunId(record.id);
        if (lease !== undefined) checkLease(lease.owner, lease.ttlMs);
        throw notYet('createRun');
      });
    },

    getRun(runId, { signal } = {}) {
      return gate.pass(async () => {
        checkSignal(signal);
        checkRunId(runId);
        throw notYet('getRun');
      });
    },

    // All or nothing in one step of the service: of several with one `expectedSeq`, one is applied. [run-store.append]
    append(runId, append) {
      return gate.pass(async () => {
        checkSignal(append.signal);
        checkRunId(runId);
        checkAppend(append);
        for (const event of append.events) {
          const text = toJsonText(event, 'an event'); // the JSON to store
          checkBytes(text, 'an event', 'maxEventBytes', capabilities.maxEventBytes);
        }
        throw notYet('append');
      });
    },

    // Page by page, each page through the gate: reading that is cut short rejects. [run-store.events]
    async *events(runId, { afterSeq, signal } = {}) {
      checkRunId(runId);
      checkAfterSeq(afterSeq);
      yield* await gate.pass<[]>(async () => {
        checkSignal(signal);
        throw notYet('events');
      });
    },

    // One owner until it expires by the clock of the service. [run-store.leases]
    lease(runId, owner, ttlMs, { signal } = {}) {
      return gate.pass(async () => {
        checkSignal(signal);
        checkRunId(runId);
        checkLease(owner, ttlMs);
        throw notYet('lease');
      });
    },

    release(runId, owner, { signal } = {}) {
      return gate.pass(async () => {
        checkSignal(signal);
        checkRunId(runId);
        throw notYet('release');
      });
    },

    // Unfinished, unheld and able to move; the run created first comes first. [run-store.due]
    due(now, limit, { signal } = {}) {
      return gate.pass(async () => {
        checkSignal(signal);
        checkDueLimit(limit);
        throw notYet('due');
      });
    },

    // The run created last comes first; a cursor goes on below it, whatever came meanwhile. [run-store.list]
    list(query = {}) {
      return gate.pass(async () => {
        checkSignal(query.signal);
        pageLimit(query); // how many to list
        throw notYet('list');
      });
    },

    // Finished runs with their events, at most 1000 a call. [run-store.prune]
    prune(before, { signal } = {}) {
      return gate.pass(async () => {
        checkSignal(signal);
        throw notYet('prune');
      });
    },

    close: () => gate.close(),

    [Symbol.asyncDispose]: () => gate.close(),
  };
}

function notYet(method: keyof RunStore): Error {
  return new Error(`not implemented yet: RunStore.${String(method)}`);
}
