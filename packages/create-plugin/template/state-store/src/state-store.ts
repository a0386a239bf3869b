import type { StateStore, StateStoreCapabilities } from '@aiwork/core';
import {
  checkKey,
  checkPrefix,
  checkSignal,
  checkTtl,
  createCallGate,
  stateText,
} from '@aiwork/core/adapter-kit';

// The contract is the TSDoc of `StateStore` in @aiwork/core. [state-store.ttl] names the checks that hold a line to it:
// `npx aiwork-contract explain ID` says what one is about.

export interface StateStoreOptions {
  /** Keeps tenants apart: a store sees nothing of other namespaces. Default `default`. */
  readonly namespace?: string;
}

/**
 * What is declared is checked, and what is declared absent has to be refused with `UnsupportedCapabilityError`, without
 * effect. [state-store.capabilities]
 */
const capabilities: StateStoreCapabilities = Object.freeze({
  consistency: 'linearizable',
  compareAndSet: true,
  ttl: Object.freeze({ granularityMs: 1, maxLateMs: 50 }),
  list: Object.freeze({ order: 'lexicographic' }),
  // Exact: at n it works, at n + 1 it refuses. [state-store.limits]
  maxKeyBytes: 4096,
  maxValueBytes: 1_048_576,
  // What an acknowledged write survives: 'process', 'service-restart' or 'service-kill'.
  durability: 'process',
});
const { maxKeyBytes, maxValueBytes } = capabilities;

export function createStateStore({ namespace = 'default' }: StateStoreOptions = {}): StateStore {
  // Refuses calls after close(), and lets close() wait for those in flight. [state-store.ending]
  const gate = createCallGate('the state store', async () => {
    // Close the connection, timers and listeners here.
  });

  return {
    capabilities,

    // The value as it was set, with its version. [state-store.values]
    get(key, { signal } = {}) {
      return gate.pass(async () => {
        checkSignal(signal);
        checkKey(key, maxKeyBytes);
        throw notYet('get');
      });
    },

    // Gives a version that no other write of the key ever has. With `ifVersion`, writes and compares in one step of the
    // service, not in two of this process. [state-store.versions] [state-store.races] [state-store.ttl]
    set(key, value, { ttlMs, ifVersion, signal } = {}) {
      return gate.pass(async () => {
        checkSignal(signal);
        checkKey(key, maxKeyBytes);
        if (ttlMs !== undefined) checkTtl(ttlMs);
        stateText(key, value, maxValueBytes); // the JSON to store
        throw notYet('set');
      });
    },

    // True once for each entry that was there. With `ifVersion`, compares and deletes in one step of the service, too.
    // [state-store.values] [state-store.races]
    delete(key, { ifVersion, signal } = {}) {
      return gate.pass(async () => {
        checkSignal(signal);
        checkKey(key, maxKeyBytes);
        throw notYet('delete');
      });
    },

    // Page by page, each page through the gate: a listing that is cut short rejects. [state-store.listing]
    async *keys(prefix = '', { signal } = {}) {
      checkPrefix(prefix);
      yield* await gate.pass<string[]>(async () => {
        checkSignal(signal);
        throw notYet('keys');
      });
    },

    // One request for all keys. [state-store.many]
    getMany(keys, { signal } = {}) {
      return gate.pass(async () => {
        checkSignal(signal);
        for (const key of keys) checkKey(key, maxKeyBytes);
        throw notYet('getMany');
      });
    },

    close: () => gate.close(),

    [Symbol.asyncDispose]: () => gate.close(),
  };
}

function notYet(method: keyof StateStore): Error {
  return new Error(`not implemented yet: StateStore.${String(method)}`);
}
