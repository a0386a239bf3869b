import MiniSearch from 'minisearch';
import type { MemorySubject } from '../subject.ts';

/** Its BM25+ with any word of the query, no prefixes, nothing fuzzy. It has no limit, so all hits are made. */
export const subject: MemorySubject = {
  index(documents) {
    const index = new MiniSearch({ fields: ['text'] });
    index.addAll(documents);
    return { search: (query, topK) => index.search(query).slice(0, topK) as { id: string; score: number }[] };
  },
};
