import { EventEmitter } from 'node:events';
import type { StateStore } from '@aiwork/core';
import type { KeyvStoreAdapter } from 'keyv';

/** A Keyv storage adapter that connects when it is first used; what Keyv hands it is stored as it is. */
export function stateStoreStorage(open: () => Promise<StateStore>): KeyvStoreAdapter {
  let opened: Promise<StateStore> | undefined;
  function connect(): Promise<StateStore> {
    opened ??= open();
    return opened;
  }
  const listeners = new EventEmitter();

  async function* keysOf(namespace: string | undefined) {
    const store = await connect();
    yield* store.keys(namespace === undefined ? '' : `${namespace}:`);
  }

  const storage = {
    // Keyv iterates over storages whose dialect it knows by name, and over no others.
    opts: { dialect: 'redis', url: '' },
    namespace: undefined as string | undefined,
    async get(key: string) {
      return (await (await connect()).get(key))?.value;
    },
    async getMany(keys: string[]) {
      const found = await (await connect()).getMany(keys);
      return keys.map((key) => found.get(key)?.value);
    },
    async set(key: string, value: unknown, ttlMs?: number) {
      await (await connect()).set(key, value, ttlMs === undefined ? {} : { ttlMs });
    },
    async has(key: string) {
      return (await (await connect()).get(key)) !== undefined;
    },
    async delete(key: string) {
      return (await connect()).delete(key);
    },
    async deleteMany(keys: string[]) {
      const store = await connect();
      const deleted = await Promise.all(keys.map((key) => store.delete(key)));
      return deleted.some(Boolean);
    },
    async clear() {
      const store = await connect();
      for await (const key of keysOf(storage.namespace)) await store.delete(key);
    },
    async *iterator(namespace?: string) {
      const store = await connect();
      for await (const key of keysOf(namespace)) {
        const entry = await store.get(key);
        if (entry) yield [key, entry.value];
      }
    },
    async disconnect() {
      await (await connect()).close();
    },
    on(event: string, listener: (...args: unknown[]) => void) {
      listeners.on(event, listener);
      return storage;
    },
  };
  return storage as unknown as KeyvStoreAdapter;
}
