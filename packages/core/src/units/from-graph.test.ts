import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { FlowGraph } from '../flow-graph.ts';
import { defineFlow } from './define-flow.ts';
import type { FlowParts } from './flow.ts';
import { fromGraph } from './from-graph.ts';
import { defineTask } from './task.ts';

const count = defineTask({ id: 'count', input: z.string(), run: (text) => text.length });
const parts: FlowParts = {
  units: { 'task:count': count },
  code: { work: () => 1 },
  schemas: { input: z.string(), answer: z.string() },
};
const step = (id: string, ...needs: string[]) => ({
  kind: 'step' as const,
  id,
  needs: Object.fromEntries(needs.map((need) => [need, need])),
  run: { code: 'work' },
});
const graphOf = (nodes: readonly object[], more: object = {}) =>
  ({ format: 1, id: 'flow', version: '1', nodes, output: 'a', ...more }) as unknown as FlowGraph;

function codeOf(make: () => unknown): string | undefined {
  try {
    make();
    return undefined;
  } catch (error) {
    return (error as { code?: string }).code;
  }
}

describe('fromGraph', () => {
  it('gives back the graph of a flow that was written in TypeScript', () => {
    const flow = defineFlow({ id: 'written', input: z.object({ text: z.string() }), tags: ['a'] }, (f) => {
      const size = f.call('size', count, f.input.$.text, { retry: { maxAttempts: 2, retryOn: () => true } });
      return f.step('double', { needs: { size }, run: ({ size }) => size * 2 });
    });
    const again = fromGraph(flow.toGraph(), flow.parts());
    expect(again.toGraph()).toStrictEqual(flow.toGraph());
    expect(again.parts()).toStrictEqual(flow.parts());
  });

  it('puts each step behind those it needs and otherwise keeps the order', () => {
    const graph = graphOf([step('z'), step('a', 'b', 'c'), step('c', 'd'), step('d'), step('b')]);
    const { nodes } = fromGraph(graph, parts).toGraph();
    expect(nodes.map((node) => node.id)).toEqual(['z', 'b', 'd', 'c', 'a']);
  });

  it('names code by where it stands, so that equal flows have equal hashes', () => {
    const { nodes } = fromGraph(graphOf([step('a')]), parts).toGraph();
    expect(nodes[0]).toMatchObject({ run: { code: 'a.run' } });
  });

  it('leaves out fields the format does not have', () => {
    const drawn = { ...step('a'), position: { x: 1, y: 2 } };
    const flow = fromGraph(graphOf([drawn], { zoom: 2 }), parts);
    expect(flow.toGraph()).toStrictEqual(fromGraph(graphOf([step('a')]), parts).toGraph());
  });

  it('orders a chain that is longer than the stack is deep', () => {
    const chain = Array.from({ length: 20_000 }, (_, i) => (i === 0 ? step('a') : step(`s${i}`)));
    const nodes = chain.map((node, i) => ({ ...node, needs: i === 0 ? {} : { x: chain[i - 1]?.id } }));
    const first = fromGraph(graphOf(nodes.reverse()), parts).toGraph().nodes[0];
    expect(first?.id).toBe('a');
  });

  it('names the steps of a circle', () => {
    const graph = graphOf([step('a', 'c'), step('b', 'a'), step('c', 'b')]);
    expect(() => fromGraph(graph, parts)).toThrow(
      /in a circle: (a → b → c → a|b → c → a → b|c → a → b → c)$/,
    );
    expect(codeOf(() => fromGraph(graph, parts))).toBe('AIWORK_CYCLE');
  });

  it.each([
    ['a needed step is missing', graphOf([step('a', 'gone')]), 'AIWORK_UNKNOWN_NEED'],
    ['two steps share an id', graphOf([step('a'), step('a')]), 'AIWORK_DUPLICATE_ID'],
    ['the output is missing', graphOf([step('b')]), 'AIWORK_UNKNOWN_NEED'],
    ['code is missing', graphOf([{ ...step('a'), run: { code: 'gone' } }]), 'AIWORK_INVALID_FLOW'],
    [
      'code is named that objects have anyway',
      graphOf([{ ...step('a'), run: { code: 'constructor' } }]),
      'AIWORK_INVALID_FLOW',
    ],
    [
      'a unit is missing',
      graphOf([
        { id: 'a', kind: 'call', needs: {}, unit: { kind: 'task', id: 'gone' }, input: { value: 1 } },
      ]),
      'AIWORK_INVALID_FLOW',
    ],
    [
      'onFailure is missing',
      graphOf([step('a')], { onFailure: { kind: 'task', id: 'gone' } }),
      'AIWORK_INVALID_FLOW',
    ],
    ['a kind is unknown', graphOf([{ id: 'a', kind: 'teleport', needs: {} }]), 'AIWORK_INVALID_FLOW'],
    ['a node is null', graphOf([null as unknown as object]), 'AIWORK_INVALID_FLOW'],
    ['needs are missing', graphOf([{ id: 'a', kind: 'race' }]), 'AIWORK_INVALID_FLOW'],
    ['an id holds a slash', graphOf([step('a/b')], { output: 'a/b' }), 'AIWORK_INVALID_ARGUMENT'],
    ['the format is another', graphOf([step('a')], { format: 2 }), 'AIWORK_INVALID_FLOW'],
  ])('refuses a graph in which %s', (_, graph, code) => {
    expect(codeOf(() => fromGraph(graph, parts))).toBe(code);
  });

  it('leaves the options a flow was defined with unfrozen', () => {
    const retry = { maxAttempts: 2 };
    defineFlow({ id: 'f', input: z.string(), retry }, (f) => f.step('a', { run: () => 1, retry })).toGraph();
    expect(Object.isFrozen(retry)).toBe(false);
  });

  it('refuses a constant that holds itself', () => {
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    const anything = defineTask({ id: 'anything', input: z.unknown(), run: () => 1 });
    const define = () => defineFlow({ id: 'f', input: z.string() }, (f) => f.call('a', anything, loop));
    expect(codeOf(define)).toBe('AIWORK_INVALID_FLOW');
  });
});
