import { Index, MetricKind } from 'usearch';
import type { VectorSubject } from '../vector-subject.ts';

/** A graph of neighbours (HNSW) in C++, with its own defaults, made on as many threads as there are processors. */
export const subject: VectorSubject = {
  index(vectors) {
    const dimensions = vectors[0]?.length ?? 1;
    const index = new Index(dimensions, MetricKind.Cos);
    const all = new Float32Array(vectors.length * dimensions);
    for (const [n, vector] of vectors.entries()) all.set(vector, n * dimensions);
    index.add(
      BigUint64Array.from(vectors, (_, n) => BigInt(n)),
      all,
      0,
    );
    return {
      search: (vector, topK) => Array.from(index.search(vector, topK, 1).keys, Number),
    };
  },
};
