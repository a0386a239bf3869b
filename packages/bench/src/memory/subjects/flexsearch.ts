import { Index } from 'flexsearch';
import type { MemorySubject } from '../subject.ts';

/** With `suggest`, so that documents with some of the words are found too. It gives no scores. */
export const subject: MemorySubject = {
  index(documents) {
    const index = new Index({ tokenize: 'strict' });
    for (const [i, { text }] of documents.entries()) index.add(i, text);
    return {
      search: (query, limit) =>
        (index.search(query, { limit, suggest: true }) as number[]).map((i) => documents[i]?.id as string),
    };
  },
};
