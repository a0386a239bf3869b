/** A flow that is generated. */
export interface Generated {
  readonly name: string;
  /** A module with a chain of so many steps and one to begin with. */
  source(steps: number): string;
}

const lines = (steps: number, line: (index: number) => string) =>
  Array.from({ length: steps }, (_, i) => line(i)).join('\n');

const stepsWithNeeds = (outputType: string) => (steps: number) =>
  `
import { defineFlow, type Step } from '@aiwork/core';
import { z } from 'zod';

export const flow = defineFlow({ id: 'flow', input: z.object({ count: z.number() }) }, (f)${outputType} => {
  const s0 = f.step('s0', { needs: { input: f.input }, run: ({ input }) => ({ count: input.count, text: 'a' }) });
${lines(
  steps,
  (i) =>
    `  const s${i + 1} = f.step('s${i + 1}', { needs: { last: s${i} }, run: ({ last }) => ({ count: last.count + 1, text: last.text }) });`,
)}
  return s${steps};
});
`;

const outputType = ': Step<{ count: number; text: string }>';

export const aiworkSteps: Generated = {
  name: '@aiwork/core, steps with needs',
  source: stepsWithNeeds(outputType),
};

/**
 * The same without saying what the flow gives: to infer that, the compiler goes from the last step back to the first, one
 * call inside the other, and a long chain overflows its stack.
 */
export const aiworkInferred: Generated = {
  name: '@aiwork/core, steps with needs, output type inferred',
  source: stepsWithNeeds(''),
};

export const aiworkCalls: Generated = {
  name: '@aiwork/core, calls with refs',
  source: (steps) => `
import { defineFlow, defineTask, type Step } from '@aiwork/core';
import { z } from 'zod';

const add = defineTask({
  id: 'add',
  input: z.object({ count: z.number(), text: z.string() }),
  run: ({ count, text }) => ({ count: count + 1, text }),
});

export const flow = defineFlow({ id: 'flow', input: z.object({ count: z.number() }) }, (f)${outputType} => {
  const s0 = f.call('s0', add, { count: f.input.$.count, text: 'a' });
${lines(
  steps,
  (i) => `  const s${i + 1} = f.call('s${i + 1}', add, { count: s${i}.$.count, text: s${i}.$.text });`,
)}
  return s${steps};
});
`,
};

export const mastra: Generated = {
  name: '@mastra/core, .then()',
  source: (steps) => `
import { createStep, createWorkflow } from '@mastra/core/workflows';
import { z } from 'zod';

const schema = z.object({ count: z.number(), text: z.string() });
${lines(
  steps + 1,
  (i) =>
    `const s${i} = createStep({ id: 's${i}', inputSchema: schema, outputSchema: schema, execute: async ({ inputData }) => ({ count: inputData.count + 1, text: inputData.text }) });`,
)}
export const flow = createWorkflow({ id: 'flow', inputSchema: schema, outputSchema: schema })
${lines(steps + 1, (i) => `  .then(s${i})`)}
  .commit();
`,
};

export const langgraph: Generated = {
  name: '@langchain/langgraph, .addNode()',
  source: (steps) => `
import { Annotation, END, START, StateGraph } from '@langchain/langgraph';

const State = Annotation.Root({ count: Annotation<number>(), text: Annotation<string>() });

export const flow = new StateGraph(State)
  .addNode('s0', async (state) => ({ count: state.count + 1 }))
  .addEdge(START, 's0')
${lines(
  steps,
  (i) =>
    `  .addNode('s${i + 1}', async (state) => ({ count: state.count + 1 })).addEdge('s${i}', 's${i + 1}')`,
)}
  .addEdge('s${steps}', END)
  .compile();
`,
};
