import { checkGraph } from './check-graph.ts';
import type { Flow, FlowBuilder, FlowOptions } from './flow.ts';
import { createFlowBuilder } from './flow-builder.ts';
import { makeFlow } from './make-flow.ts';
import type { Step } from './ref.ts';
import { requireFunction, requireSchema } from './task.ts';

/**
 * Defines a flow: a graph of steps. `build` adds the steps and returns the one whose output is the flow's.
 *
 * @throws `AIWORK_DUPLICATE_ID`, `AIWORK_UNKNOWN_NEED`, `AIWORK_INVALID_FLOW` or `AIWORK_INVALID_ARGUMENT`, naming the step.
 * @example
 * ```ts
 * import { createOrchestrator, defineFlow, defineTask } from '@aiwork/core';
 * import { z } from 'zod';
 *
 * const count = defineTask({ id: 'count', input: z.string(), run: (text) => text.split(/\s+/).length });
 * const compare = defineFlow({ id: 'compare', input: z.object({ a: z.string(), b: z.string() }) }, (f) => {
 *   const a = f.call('count-a', count, f.input.$.a);
 *   const b = f.call('count-b', count, f.input.$.b);
 *   return f.step('longer', { needs: { a, b }, run: ({ a, b }) => (a >= b ? 'a' : 'b') });
 * });
 * await using ai = createOrchestrator();
 * console.log(await (await ai.start(compare, { a: 'one two', b: 'three' })).result()); // a
 * ```
 * @since 0.1.0
 */
export function defineFlow<Input, Parsed, Output>(
  options: FlowOptions<Input, Parsed>,
  build: (f: FlowBuilder<Parsed>) => Step<Output>,
): Flow<Input, Output> {
  requireSchema(options.input, `input of flow "${options.id}"`);
  requireFunction(build, `the build function of flow "${options.id}"`);
  const builder = createFlowBuilder(options);
  // biome-ignore lint/suspicious/noExplicitAny: the untyped builder stands behind the typed interface
  const { graph, parts } = builder.finish(build(builder.methods as any));
  checkGraph(graph, parts);
  return makeFlow(graph, parts);
}
