import { createStep, createWorkflow } from '@mastra/core/workflows';
import { z } from 'zod';
import { joinStep, type Subject, trivialStep, type Work, workInput } from '../work.ts';

type Values = Record<string, number>;

function step(id: string) {
  return createStep({
    id,
    inputSchema: z.number(),
    outputSchema: z.number(),
    execute: ({ inputData }) => trivialStep(inputData),
  });
}

function workflowOf({ shape, size }: Work) {
  const steps = Array.from({ length: size }, (_, i) => step(`step-${i}`));
  const workflow = createWorkflow({
    id: `${shape}-${size}`,
    inputSchema: z.number(),
    outputSchema: z.number(),
    options: { validateInputs: false },
  });
  if (shape === 'chain') {
    // The chained type grows with every step; what runs is the same object throughout.
    for (const each of steps) workflow.then(each as never);
    return workflow.commit();
  }
  const join = createStep({
    id: 'join',
    inputSchema: z.record(z.string(), z.number()),
    outputSchema: z.number(),
    execute: ({ inputData }) => joinStep(Object.values(inputData as Values)),
  });
  return workflow
    .parallel(steps as never)
    .then(join as never)
    .commit();
}

/** Without storage, which is its fastest; its default of validating each step's input is switched off. */
export const subject: Subject = {
  prepare(work) {
    const workflow = workflowOf(work);
    return {
      async run() {
        const run = await workflow.createRun();
        const outcome = await run.start({ inputData: workInput as never });
        if (outcome.status !== 'success') throw new Error(`Mastra's run ended ${outcome.status}`);
        return outcome.result as number;
      },
    };
  },
};
