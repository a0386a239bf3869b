import type { StateStore } from '@aiwork/core';
import type { CheckContext } from '../../engine/check-context.ts';

/** When something was last written in a check, by any of its clients. */
const lastWrites = new WeakMap<CheckContext<StateStore>, number>();

/**
 * A store that declares eventual consistency is read when what was written before has to be seen; any other as it is.
 * What a store decides while it writes, it has to decide by the newest.
 */
export function whenSettled(store: StateStore, t: CheckContext<StateStore>): StateStore {
  const { consistency } = t.capabilities;
  if (typeof consistency !== 'object') return store;
  const { eventualMs } = consistency;

  const mark = () => void lastWrites.set(t, t.now());

  async function settled(): Promise<void> {
    const leftMs = (lastWrites.get(t) ?? Number.NEGATIVE_INFINITY) + eventualMs - t.now();
    if (leftMs > 0) await t.wait(leftMs);
  }

  function written<T>(writing: Promise<T>): Promise<T> {
    writing.then(mark, mark);
    return writing;
  }

  const asked: Pick<StateStore, 'get' | 'getMany' | 'keys' | 'set' | 'delete'> = {
    async get(...args) {
      await settled();
      return store.get(...args);
    },
    async getMany(...args) {
      await settled();
      return store.getMany(...args);
    },
    async *keys(...args) {
      await settled();
      yield* store.keys(...args);
    },
    set: (...args) => written(store.set(...args)),
    delete: (...args) => written(store.delete(...args)),
  };
  // What is looked at, such as by a check that inspects a store, is the store itself.
  return new Proxy(store, {
    get(target, name) {
      if (Object.hasOwn(asked, name)) return Reflect.get(asked, name);
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}
