import { create, insertMultiple, search } from '@orama/orama';
import type { VectorSubject } from '../vector-subject.ts';

export const subject: VectorSubject = {
  async index(vectors) {
    const dimensions = vectors[0]?.length ?? 1;
    const db = create({ schema: { vector: `vector[${dimensions}]` } as const });
    await insertMultiple(
      db,
      vectors.map((vector, n) => ({ id: `${n}`, vector: [...vector] })),
    );
    return {
      async search(vector, topK) {
        const { hits } = await search(db, {
          mode: 'vector',
          vector: { value: [...vector], property: 'vector' },
          // Without it, it leaves out what is not very near.
          similarity: -1,
          limit: topK,
        });
        return hits.map(({ id }) => Number(id));
      },
    };
  },
};
