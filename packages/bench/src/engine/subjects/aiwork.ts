import { type AnyFlow, createOrchestrator, defineFlow, type Plugin, type Step } from '@aiwork/core';
import { z } from 'zod';
import { joinStep, type Runner, type Subject, stepsOf, trivialStep, type Work, workInput } from '../work.ts';

export function flowOf({ shape, size }: Work): AnyFlow {
  return defineFlow({ id: `${shape}-${size}`, input: z.number() }, (f) => {
    if (shape === 'chain') {
      let last: Step<number> = f.input;
      for (let i = 0; i < size; i += 1) {
        last = f.step(`step-${i}`, { needs: { last }, run: ({ last }) => trivialStep(last) });
      }
      return last;
    }
    const parts: Record<string, Step<number>> = {};
    for (let i = 0; i < size; i += 1) {
      parts[`part-${i}`] = f.step(`part-${i}`, {
        needs: { input: f.input },
        run: ({ input }) => trivialStep(input),
      });
    }
    return f.step('join', { needs: parts, run: (values) => joinStep(Object.values(values)) });
  });
}

export function runnerOf(work: Work, plugins: readonly Plugin[]): Runner {
  const flow = flowOf(work);
  const ai = createOrchestrator({ plugins });
  let lastRun = '';
  return {
    async reset() {
      await ai.prune(new Date(Date.now() + 1000));
    },
    async run() {
      const run = await ai.start(flow, workInput);
      lastRun = run.id;
      return (await run.result()) as number;
    },
    async verify() {
      const events = [];
      for await (const event of ai.events(lastRun)) events.push(event);
      const expected = 2 * stepsOf(work) + 2;
      if (events.length !== expected)
        throw new Error(`${events.length} of ${expected} events are in the journal`);
    },
  };
}

export const subject: Subject = { prepare: (work) => runnerOf(work, []) };
