import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHeap } from './heap.ts';

describe('a heap', () => {
  it('gives what comes first, however pushes and pops alternate', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.integer()), { maxLength: 60 }), (steps) => {
        const heap = createHeap<number>((a, b) => a < b);
        let model: number[] = [];
        for (const step of steps) {
          if (step === null) {
            expect(heap.pop()).toBe(model[0]);
            model = model.slice(1);
          } else {
            heap.push(step);
            model = [...model, step].sort((a, b) => a - b);
          }
          expect(heap.peek()).toBe(model[0]);
          expect(heap.size).toBe(model.length);
        }
      }),
    );
  });
});
