import type { Memory } from '@aiwork/core';
import { embedded, type Subject } from '../../engine/subject.ts';
import { clientOf } from '../client-of.ts';
import { createReferenceMemory, type MemoryParts } from './reference-memory.ts';

/** A correct memory with any number of clients for each namespace: what saboteurs are made of. */
export function referenceMemory(changes: Partial<MemoryParts> = {}): Subject<Memory> {
  const spaces = new Map<string, Memory>();
  return {
    secondClient: true,
    service: embedded,
    open({ namespace }) {
      let shared = spaces.get(namespace);
      if (!shared) {
        shared = createReferenceMemory(changes);
        spaces.set(namespace, shared);
      }
      return clientOf(shared, []);
    },
  };
}

/** The mistake is in the memory that all clients share. */
export const madeOf = (changes: Partial<MemoryParts>) => () => referenceMemory(changes);
