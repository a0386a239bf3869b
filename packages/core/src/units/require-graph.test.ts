import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { requireGraph } from '../adapter-kit.ts';
import type { FlowGraph } from '../flow-graph.ts';
import { defineFlow } from './define-flow.ts';

const graph = defineFlow({ id: 'two', input: z.object({}) }, (f) => {
  const first = f.step('first', { run: () => 1 });
  return f.step('second', { needs: { first }, run: () => 2 });
}).toGraph();

const withNodes = (change: (node: FlowGraph['nodes'][number]) => object) =>
  ({ ...graph, nodes: graph.nodes.map((node) => ({ ...node, ...change(node) })) }) as FlowGraph;

describe('requireGraph', () => {
  it('takes a graph without the code that it names', () => {
    expect(() => requireGraph(graph)).not.toThrow();
  });

  it.each([
    ['nothing', undefined, 'AIWORK_INVALID_FLOW', 'has format undefined'],
    ['another format', { ...graph, format: 2 }, 'AIWORK_INVALID_FLOW', 'has format 2'],
    ['another shape', { ...graph, nodes: {} }, 'AIWORK_INVALID_FLOW', 'nodes is not a list'],
    ['a flow id that breaks lines', { ...graph, id: 'a\nb' }, 'AIWORK_INVALID_ARGUMENT', 'control character'],
    ['a step id of the parts', withNodes(() => ({ id: 'a/b' })), 'AIWORK_INVALID_ARGUMENT', 'kept for parts'],
    ['a need of nobody', withNodes(() => ({ needs: { a: 'third' } })), 'AIWORK_UNKNOWN_NEED', '"third"'],
    ['a circle', withNodes(() => ({ needs: { a: 'second' } })), 'AIWORK_CYCLE', 'second → second'],
    ['two of one id', withNodes(() => ({ id: 'first', needs: {} })), 'AIWORK_DUPLICATE_ID', '"first"'],
  ])('refuses %s', (_, given, code, message) => {
    const call = () => requireGraph(given as FlowGraph);
    expect(call).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
  });
});
