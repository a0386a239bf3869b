import { createMemory } from '@aiwork/memory';
import type { MemorySubject } from '../subject.ts';

const batch = 1_000;

/** The adapter that agents use: the same index behind promises, filled a thousand documents at a time. */
export const subject: MemorySubject = {
  async index(documents) {
    const memory = createMemory();
    for (let from = 0; from < documents.length; from += batch)
      await memory.upsert(documents.slice(from, from + batch));
    return { search: (text, topK) => memory.search({ text, topK }) };
  },
};
