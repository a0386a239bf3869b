import { type FlowGraph, type FlowNode, inputStepId } from '../flow-graph.ts';
import { checkGraph, edgesOf, orderNodes } from '../units/check-graph.ts';
import { checkGraphShape } from '../units/check-graph-shape.ts';
import { type Code, flat, layOut, object } from './layout.ts';
import { createNames, typeName } from './names.ts';
import { createNodePrinter } from './node-printer.ts';
import { createPartTypes } from './part-types.ts';

/** @since 0.1.0 */
export interface PrintFlowOptions {
  /** Longest line, in characters, where the code can be broken at all. Default 110. */
  readonly lineWidth?: number;
}

/**
 * Prints a graph as a TypeScript module, which exports a function that takes the parts the graph names (units, code and
 * schemas) and returns the flow: `printFlow(flow.toGraph())`, imported and called with `flow.parts()`, gives a flow with
 * the same graph and hash. What ids and constants hold stays inside their quotes.
 *
 * Steps are printed in the order of the graph, each behind those it needs.
 *
 * @throws `AIWORK_CYCLE`, `AIWORK_UNKNOWN_NEED`, `AIWORK_DUPLICATE_ID`, `AIWORK_INVALID_FLOW` or
 * `AIWORK_INVALID_ARGUMENT` when it is not the graph of a flow.
 * @example
 * ```ts
 * import { defineFlow, printFlow } from '@aiwork/core';
 * import { z } from 'zod';
 *
 * const flow = defineFlow({ id: 'double', input: z.number() }, (f) =>
 *   f.step('twice', { needs: { n: f.input }, run: ({ n }) => n * 2 }),
 * );
 * console.log(printFlow(flow.toGraph()).includes("return f.step('twice', {")); // true
 * ```
 * @since 0.1.0
 */
export function printFlow(
  graph: FlowGraph | Omit<FlowGraph, 'hash'>,
  options: PrintFlowOptions = {},
): string {
  const { lineWidth = 110 } = options;
  checkGraphShape(graph);
  checkGraph(graph);
  const parts = createPartTypes();
  const nameFor = createNames(['f', 'units', 'code', 'schemas', 'defineFlow']);
  const flowName = nameFor(graph.id, 'flow');
  const partsName = typeName(flowName, 'Parts');
  const steps = new Map([[inputStepId, 'f.input']]);
  const print = createNodePrinter(steps, parts);
  const flowOptions = print.flowOptions(graph);
  const body = statements(graph, steps, nameFor, print.step);
  const lines = (code: Code, indent: number) => ' '.repeat(indent) + layOut(code, lineWidth, indent);
  const build = (indent: number) => [
    `${' '.repeat(indent)}(f) => {`,
    ...body.map((statement) => lines(statement, indent + 2)),
    `${' '.repeat(indent)}}`,
  ];
  const opening = `  defineFlow(${flat(flowOptions)}, (f) => {`;
  const fits = flat(flowOptions) !== undefined && opening.length <= lineWidth;
  const definition = fits
    ? [opening, ...build(2).slice(1, -1), '  });']
    : ['  defineFlow(', `${lines(flowOptions, 4)},`, `${build(4).join('\n')},`, '  );'];
  return [
    layOut(['import ', object(importedNames(parts.imports())), " from '@aiwork/core';"], lineWidth),
    '',
    '/** What the flow is made of, by the names its graph has for it. */',
    layOut([`export interface ${partsName} `, parts.type()], lineWidth),
    '',
    layOut([`export const ${flowName} = (`, object(parts.sections()), `: ${partsName}) =>`], lineWidth),
    ...definition,
    '',
  ].join('\n');
}

/** A statement for each step; what another refers to gets a constant, whose name is added to `steps`. */
function statements(
  graph: Omit<FlowGraph, 'hash'>,
  steps: Map<string, string>,
  nameFor: ReturnType<typeof createNames>,
  print: (node: FlowNode) => Code,
): readonly Code[] {
  const { order } = orderNodes(graph.nodes);
  const referred = new Set(order.flatMap(edgesOf));
  const returned = order.at(-1)?.id === graph.output && !referred.has(graph.output);
  if (!returned) referred.add(graph.output);
  const body = order.map((node): Code => {
    const added = print(node);
    if (!referred.has(node.id)) return [node.id === graph.output ? 'return ' : '', added, ';'];
    const name = nameFor(node.id, 'step');
    steps.set(node.id, name);
    return [`const ${name} = `, added, ';'];
  });
  return returned ? body : [...body, `return ${steps.get(graph.output)};`];
}

/** Sorted as formatters sort them, blind to case and to `type`. */
function importedNames(types: readonly string[]): readonly string[] {
  const key = (name: string) => name.replace('type ', '').toLowerCase();
  return [...types.map((name) => `type ${name}`), 'defineFlow'].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
