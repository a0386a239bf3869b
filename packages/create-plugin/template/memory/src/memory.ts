import type { Memory, MemoryCapabilities } from '@aiwork/core';
import { checkBytes, checkSignal, checkWellFormed, createCallGate } from '@aiwork/core/adapter-kit';

// The contract is the TSDoc of `Memory` in @aiwork/core. [memory.ranking] names the checks that hold a line to it:
// `npx aiwork-contract explain ID` says what one is about.

export interface MemoryOptions {
  /** Keeps tenants apart: a memory sees nothing of other namespaces. Default `default`. */
  readonly namespace?: string;
}

/**
 * What is declared is checked, and what is declared absent has to be refused with `UnsupportedCapabilityError`, without
 * effect. [memory.capabilities]
 */
const capabilities: MemoryCapabilities = Object.freeze({
  search: Object.freeze(['text'] as const),
  filters: true,
  // Exact: at n it works, at n + 1 it refuses.
  maxTextBytes: 1_048_576,
  // What an acknowledged write survives: 'process', 'service-restart' or 'service-kill'.
  durability: 'process',
});

export function createMemory({ namespace = 'default' }: MemoryOptions = {}): Memory {
  // Refuses calls after close(), and lets close() wait for those in flight. [memory.ending]
  const gate = createCallGate('the memory', async () => {
    // Close the connection, timers and listeners here.
  });

  return {
    capabilities,

    // The whole batch or nothing of it, seen by every search that starts later. [memory.documents] [memory.clients]
    upsert(docs, { signal } = {}) {
      return gate.pass(async () => {
        checkSignal(signal);
        for (const { id, text } of docs) {
          checkWellFormed(id, 'the id'); // of 1 to 512 characters [memory.hostile]
          checkBytes(text, 'the text', 'maxTextBytes', capabilities.maxTextBytes);
        }
        throw notYet('upsert');
      });
    },

    // Best first, equal scores by id, at most `topK`; only what fits the filter. [memory.ranking] [memory.filters]
    search(query, { signal } = {}) {
      return gate.pass(async () => {
        checkSignal(signal);
        throw notYet('search');
      });
    },

    // How many were there and are deleted now. [memory.documents]
    delete(ids, { signal } = {}) {
      return gate.pass(async () => {
        checkSignal(signal);
        throw notYet('delete');
      });
    },

    count({ signal } = {}) {
      return gate.pass(async () => {
        checkSignal(signal);
        throw notYet('count');
      });
    },

    close: () => gate.close(),

    [Symbol.asyncDispose]: () => gate.close(),
  };
}

function notYet(method: keyof Memory): Error {
  return new Error(`not implemented yet: Memory.${String(method)}`);
}
