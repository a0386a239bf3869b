import { EventEmitter } from 'node:events';
import type { Cache } from '@aiwork/core';
import type { KeyvStoreAdapter } from 'keyv';

/** The name below which the number of times is kept that a namespace was cleared. */
const clears = 'clears';

/**
 * A Keyv storage adapter that connects when it is first used. A cache cannot list its keys, so that it has no iterator, and
 * clearing leaves what there is behind under names that nobody asks for any more.
 */
export function cacheStorage(open: () => Promise<Cache>): KeyvStoreAdapter {
  let opened: Promise<Cache> | undefined;
  function connect(): Promise<Cache> {
    opened ??= open();
    return opened;
  }
  const listeners = new EventEmitter();

  async function read(name: string): Promise<string | undefined> {
    const bytes = await (await connect()).get(name);
    return bytes && Buffer.from(bytes).toString();
  }

  async function write(name: string, text: string, ttlMs?: number): Promise<void> {
    await (await connect()).set(name, Buffer.from(text), ttlMs === undefined ? {} : { ttlMs });
  }

  const cleared = async () => Number((await read(`${clears} ${storage.namespace}`)) ?? 0);
  const nameOf = async (key: string) => `${await cleared()} ${key}`;

  async function remove(key: string): Promise<boolean> {
    return (await connect()).delete(await nameOf(key));
  }

  const storage = {
    opts: { dialect: 'aiwork', url: '' },
    namespace: undefined as string | undefined,
    get: async (key: string) => read(await nameOf(key)),
    set: async (key: string, text: string, ttlMs?: number) => write(await nameOf(key), text, ttlMs),
    has: async (key: string) => (await read(await nameOf(key))) !== undefined,
    delete: remove,
    async deleteMany(keys: string[]) {
      return (await Promise.all(keys.map(remove))).some(Boolean);
    },
    clear: async () => write(`${clears} ${storage.namespace}`, String((await cleared()) + 1)),
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
