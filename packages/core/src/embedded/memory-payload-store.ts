import type { PayloadStore } from '../adapters/payload-store.ts';
import { ClosedError } from '../errors.ts';
import { checkRunId, checkSignal, checkWellFormed, limitExceeded, limitOption } from './argument-checks.ts';

/** @since 0.1.0 */
export interface MemoryPayloadStoreOptions {
  /** Refuse payloads larger than this. Default: no limit. */
  readonly maxPayloadBytes?: number;
}

/**
 * Keeps payloads in this process's memory. All is lost with the process.
 *
 * @example
 * ```ts
 * import { createMemoryPayloadStore } from '@aiwork/core';
 *
 * const store = createMemoryPayloadStore();
 * await store.put('run-1', 'a1b2', new Uint8Array([1, 2, 3]));
 * console.log(await store.get('run-1', 'a1b2')); // Uint8Array(3) [ 1, 2, 3 ]
 * await store.close();
 * ```
 * @since 0.1.0
 */
export function createMemoryPayloadStore(options: MemoryPayloadStoreOptions = {}): PayloadStore {
  const maxPayloadBytes = limitOption(options.maxPayloadBytes, 'maxPayloadBytes', Number.POSITIVE_INFINITY);
  const runs = new Map<string, Map<string, Uint8Array>>();
  let closed = false;

  function check(runId: string, signal: AbortSignal | undefined): void {
    if (closed) throw new ClosedError('the in-memory payload store');
    checkSignal(signal);
    checkRunId(runId);
  }

  return {
    capabilities: Object.freeze({ durability: 'process', maxPayloadBytes }),

    async put(runId, hash, data, { signal } = {}) {
      check(runId, signal);
      checkWellFormed(hash, 'the hash');
      if (data.byteLength > maxPayloadBytes) {
        throw limitExceeded('the payload', data.byteLength, 'maxPayloadBytes', maxPayloadBytes);
      }
      const payloads = runs.get(runId) ?? new Map<string, Uint8Array>();
      if (!payloads.has(hash)) payloads.set(hash, new Uint8Array(data));
      runs.set(runId, payloads);
    },

    async get(runId, hash, { signal } = {}) {
      check(runId, signal);
      return runs.get(runId)?.get(hash)?.slice();
    },

    async deleteRun(runId, { signal } = {}) {
      check(runId, signal);
      runs.delete(runId);
    },

    async close() {
      closed = true;
      runs.clear();
    },

    async [Symbol.asyncDispose]() {
      await this.close();
    },
  };
}
