import type { VectorSubject } from '../vector-subject.ts';

/** What one writes without a library: every product, then a sort. */
export const subject: VectorSubject = {
  index(vectors) {
    const units = vectors.map((vector) => {
      const length = Math.hypot(...vector);
      return vector.map((value) => value / length);
    });
    return {
      search(query, topK) {
        const found = units.map((unit, n) => {
          let product = 0;
          for (let i = 0; i < unit.length; i += 1) product += (unit[i] as number) * (query[i] as number);
          return { n, product };
        });
        found.sort((a, b) => b.product - a.product);
        return found.slice(0, topK).map(({ n }) => n);
      },
    };
  },
};
