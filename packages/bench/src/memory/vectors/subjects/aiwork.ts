import { createMemory } from '@aiwork/memory';
import type { VectorSubject } from '../vector-subject.ts';

/** As agents use it, behind promises; documents have no text. */
export function vectorsOf(search: 'exact' | 'approximate'): VectorSubject {
  return {
    async index(vectors) {
      const dimensions = vectors[0]?.length ?? 1;
      const memory = createMemory({ vectors: { dimensions, search } });
      await memory.upsert(vectors.map((vector, n) => ({ id: `${n}`, text: '', vector })));
      return {
        async search(vector, topK) {
          return (await memory.search({ vector, topK })).map(({ id }) => Number(id));
        },
      };
    },
  };
}
