import { createOrchestrator, defineFlow, type Step } from '@aiwork/core';
import { redis } from '@aiwork/redis';
import { z } from 'zod';
import { addOne, type FlowSubject } from '../flow-subject.ts';

/** Each run is created, leased and journalled step by step; it counts when its result is known. */
export const subject: FlowSubject = {
  async prepare(url, { steps, concurrency }) {
    const flow = defineFlow({ id: `chain-${steps}`, input: z.number() }, (f) => {
      let last: Step<number> = f.input;
      for (let i = 0; i < steps; i += 1) {
        last = f.step(`step-${i}`, { needs: { last }, run: ({ last }) => addOne(last) });
      }
      return last;
    });
    const ai = createOrchestrator({ plugins: [redis({ url, namespace: `bench-${steps}` })] });
    return {
      async run(count) {
        let left = count;
        async function worker(): Promise<void> {
          while (left > 0) {
            left -= 1;
            const run = await ai.start(flow, 0);
            const result = await run.result();
            if (result !== steps) throw new Error(`a run of ${steps} steps gave ${result}`);
          }
        }
        const start = performance.now();
        await Promise.all(Array.from({ length: concurrency }, worker));
        return { addedMs: 0, totalMs: performance.now() - start };
      },
    };
  },
};
