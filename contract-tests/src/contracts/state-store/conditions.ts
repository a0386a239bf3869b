import type { StateStoreCapabilities } from '@aiwork/core';

export const withCompareAndSet = ({ compareAndSet }: StateStoreCapabilities) =>
  compareAndSet ||
  'compareAndSet is declared absent; state-store.capabilities.refuses-compare-and-set checks that';

export const withTtl = ({ ttl }: StateStoreCapabilities) =>
  ttl !== false || 'ttl is declared absent; state-store.capabilities.refuses-ttl checks that';

export const withList = ({ list }: StateStoreCapabilities) =>
  list !== false || 'list is declared absent; state-store.capabilities.refuses-list checks that';

export const linearizable = ({ consistency }: StateStoreCapabilities) =>
  consistency === 'linearizable' || 'the store does not declare linearizable consistency';

/** All conditions at once: the first that does not hold says why. */
export function all(...conditions: readonly ((capabilities: StateStoreCapabilities) => true | string)[]) {
  return (capabilities: StateStoreCapabilities): true | string => {
    for (const condition of conditions) {
      const holds = condition(capabilities);
      if (holds !== true) return holds;
    }
    return true;
  };
}
