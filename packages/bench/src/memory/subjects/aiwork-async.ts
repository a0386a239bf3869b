import { createMemory } from '@aiwork/memory';
import type { MemorySubject } from '../subject.ts';

/** The adapter that agents use: the same index behind promises. */
export const subject: MemorySubject = {
  async index(documents) {
    const memory = createMemory();
    await memory.upsert(documents);
    return { search: (text, topK) => memory.search({ text, topK }) };
  },
};
