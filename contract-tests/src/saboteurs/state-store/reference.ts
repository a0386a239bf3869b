import { createMemoryStateStore, type StateStore } from '@aiwork/core';
import { embedded, manualClock, type Subject, type SubjectClock } from '../../engine/subject.ts';
import { clientOf } from '../client-of.ts';

/** A correct state store with any number of clients for each namespace, in memory: what saboteurs are made of. */
export function referenceStateStore(clock: SubjectClock = manualClock()): Subject<StateStore> {
  const spaces = new Map<string, StateStore>();
  return {
    clock,
    secrets: ['hunter2-of-the-reference'],
    secondClient: true,
    service: embedded,
    open({ namespace }) {
      let shared = spaces.get(namespace);
      if (!shared) {
        shared = createMemoryStateStore({ now: clock.now, maxValueBytes: 4096, maxKeyBytes: 2048 });
        spaces.set(namespace, shared);
      }
      return clientOf(shared, ['keys']);
    },
  };
}
