import type { MemoryCapabilities } from '@aiwork/core';
import type { Settings } from './options.ts';

/** What a memory with these settings can do, wherever it is kept. */
export function searchCapabilities({
  maxTextBytes,
  vectors,
}: Settings): Omit<MemoryCapabilities, 'durability'> {
  return Object.freeze({
    search: Object.freeze(vectors ? (['text', 'vector'] as const) : (['text'] as const)),
    filters: true,
    maxTextBytes,
    ...(vectors && { dimensions: vectors.dimensions }),
  });
}
