import { createMemoryRunStore, type RunStore } from '@aiwork/core';
import { embedded, manualClock, type Subject, type SubjectClock } from '../../engine/subject.ts';
import { clientOf } from '../client-of.ts';

/** A correct run store with any number of clients for each namespace, in memory: what saboteurs are made of. */
export function referenceRunStore(clock: SubjectClock = manualClock()): Subject<RunStore> {
  const spaces = new Map<string, RunStore>();
  return {
    clock,
    secondClient: true,
    service: embedded,
    open({ namespace }) {
      let shared = spaces.get(namespace);
      if (!shared) {
        shared = createMemoryRunStore({ now: clock.now, maxEventBytes: 40_000 });
        // Runs outlive their clients, as they do in a service.
        const capabilities = Object.freeze({
          ...shared.capabilities,
          durability: 'service-restart',
        } as const);
        shared = { ...shared, capabilities };
        spaces.set(namespace, shared);
      }
      return clientOf(shared, ['events']);
    },
  };
}
