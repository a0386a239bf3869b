import type { Cache } from '@aiwork/core';
import { embedded, manualClock, type Subject } from '../../engine/subject.ts';
import { clientOf } from '../client-of.ts';
import { createReferenceCache } from './reference-cache.ts';

/** Far less room than the checks would fill, so that none of them can expect what a cache need not keep. */
const littleRoom = 64;

interface ReferenceOptions {
  readonly capacity?: number;
  /** `real`: times pass by the clock of this process. */
  readonly time?: 'manual' | 'real';
}

/** A correct cache with any number of clients for each namespace, in memory: what saboteurs are made of. */
export function referenceCache(options: ReferenceOptions = {}): Subject<Cache> {
  const { capacity = littleRoom, time = 'manual' } = options;
  const clock = time === 'manual' ? manualClock() : undefined;
  const spaces = new Map<string, Cache>();
  return {
    ...(clock && { clock }),
    secrets: ['hunter2-of-the-reference'],
    secondClient: true,
    service: embedded,
    open({ namespace }) {
      const shared = spaces.get(namespace) ?? createReferenceCache({ now: clock?.now ?? Date.now, capacity });
      spaces.set(namespace, shared);
      return clientOf(shared, []);
    },
  };
}
