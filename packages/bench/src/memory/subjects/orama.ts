import { create, insertMultiple, search } from '@orama/orama';
import type { MemorySubject } from '../subject.ts';

/** Its BM25 with any word of the query, by its defaults: words that begin as one of the query's count too. */
export const subject: MemorySubject = {
  async index(documents) {
    const db = create({ schema: { text: 'string' } as const });
    await insertMultiple(db, [...documents]);
    return {
      async search(term, limit) {
        const { hits } = await search(db, { term, limit });
        return hits.map(({ id, score }) => ({ id, score }));
      },
    };
  },
};
