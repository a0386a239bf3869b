// Takes the place of an adapter that is to be implemented, in a plugin made by create-plugin: one that keeps its contract.
import { createMemoryStateStore, type StateEntry, type StateStore } from '@aiwork/core';
import { createCallGate } from '@aiwork/core/adapter-kit';

export interface StateStoreOptions {
  readonly namespace?: string;
}

const namespaces = new Map<string, StateStore>();

/** A client of a store in this process that all clients of its namespace share. */
export function createStateStore({ namespace = 'default' }: StateStoreOptions = {}): StateStore {
  const shared = namespaces.get(namespace) ?? createMemoryStateStore({ maxValueBytes: 65_536 });
  namespaces.set(namespace, shared);
  const gate = createCallGate('the client', () => {});
  const close = () => gate.close();
  return {
    capabilities: shared.capabilities,
    get: (...args) => gate.pass<StateEntry | undefined>(() => shared.get(...args)),
    set: (...args) => gate.pass(() => shared.set(...args)),
    delete: (...args) => gate.pass(() => shared.delete(...args)),
    getMany: (...args) => gate.pass(() => shared.getMany(...args)),
    async *keys(...args) {
      await gate.pass(async () => {});
      for await (const key of shared.keys(...args)) {
        yield key;
        await gate.pass(async () => {});
      }
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
