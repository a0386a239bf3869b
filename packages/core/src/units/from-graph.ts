import { type Binding, type CodeRef, type FlowGraph, type FlowNode, inputStepId } from '../flow-graph.ts';
import { type Policy, pickPolicy } from '../policy.ts';
import { orderNodes } from './check-graph.ts';
import { defineFlow } from './define-flow.ts';
import type { AnyFlow, FlowBuilder, FlowOptions, FlowParts } from './flow.ts';
import type { Ref, Step } from './ref.ts';
import { requireGraph } from './require-graph.ts';

/**
 * Makes a flow of a graph: of one drawn in a designer, stored, or given by another flow's `toGraph()`. `parts` holds the
 * units, code and schemas the graph names.
 *
 * The flow's own graph is the one that the same flow written in TypeScript has: each step behind those it needs, code
 * named by where it stands, nothing that the format does not know. A graph of `toGraph()` is like that already.
 *
 * @throws `AIWORK_CYCLE`, `AIWORK_UNKNOWN_NEED`, `AIWORK_DUPLICATE_ID`, `AIWORK_INVALID_FLOW` or
 * `AIWORK_INVALID_ARGUMENT`, naming the step.
 * @example
 * ```ts
 * import { defineFlow, fromGraph } from '@aiwork/core';
 * import { z } from 'zod';
 *
 * const flow = defineFlow({ id: 'double', input: z.number() }, (f) =>
 *   f.step('twice', { needs: { n: f.input }, run: ({ n }) => n * 2 }),
 * );
 * const again = fromGraph(flow.toGraph(), flow.parts());
 * console.log(again.toGraph().hash === flow.toGraph().hash); // true
 * ```
 * @since 0.1.0
 */
export function fromGraph(graph: FlowGraph | Omit<FlowGraph, 'hash'>, parts: FlowParts): AnyFlow {
  requireGraph(graph, parts);
  const { id, version, tags, policy, schedules } = graph;
  const task = (unit: FlowGraph['onFailure']) => unit && parts.units[`${unit.kind}:${unit.id}`];
  const options = {
    id,
    version,
    tags,
    ...heldPolicy(policy, parts, `flow "${id}"`),
    input: parts.schemas['input'],
    schedule: schedules,
    onFailure: task(graph.onFailure),
    onCancel: task(graph.onCancel),
  };
  // biome-ignore lint/suspicious/noExplicitAny: a graph has no types
  return defineFlow(options as FlowOptions<any, any>, (f) => {
    const steps = new Map<string, Step<unknown>>([[inputStepId, f.input]]);
    for (const node of orderNodes(graph.nodes).order)
      steps.set(node.id, addStep(node, f as unknown as AddSteps, steps, parts));
    return steps.get(graph.output) as Step<unknown>;
  });
}

type Steps = ReadonlyMap<string, Step<unknown>>;
/** The builder without types, which a graph has none of. */
type AddSteps = Record<
  Exclude<keyof FlowBuilder<unknown>, 'input'>,
  (id: string, ...rest: unknown[]) => Step<unknown>
>;

/** Does with the builder what the printed line of `node` does. */
function addStep(node: FlowNode, f: AddSteps, steps: Steps, parts: FlowParts): Step<unknown> {
  const held = (ref: CodeRef | undefined) => ref && parts.code[ref.code];
  const bound = (at: CodeRef | Binding) => ('code' in at ? held(at) : boundValue(at, steps));
  const unit = 'unit' in node ? parts.units[`${node.unit.kind}:${node.unit.id}`] : undefined;
  const common = {
    needs: Object.fromEntries(Object.entries(node.needs).map(([name, id]) => [name, steps.get(id)] as const)),
    when: held(node.when),
    onError: node.onError,
    undo: held(node.undo),
    ...heldPolicy(node.policy, parts, `step "${node.id}" of the graph`),
  };
  const given = (own: object) => ({ ...common, ...own });
  switch (node.kind) {
    case 'step':
      return f.step(node.id, given({ run: held(node.run) }));
    case 'settle':
      return f.settle(node.id, given({ run: held(node.run) }));
    case 'race':
      return f.race(node.id, given({}));
    case 'call':
      return f.call(node.id, unit, boundValue(node.input, steps), given({}));
    case 'map':
      return f.map(node.id, unit, given({ over: bound(node.over) }));
    case 'loop': {
      const { from, until, maxRounds } = node;
      return f.loop(node.id, unit, given({ from: bound(from), until: held(until), maxRounds }));
    }
    case 'wait': {
      const { payload, prompt, expires } = node;
      const own = { payload: parts.schemas[payload], prompt: held(prompt), expires };
      return f.waitFor(node.id, given(own));
    }
    case 'sleep':
      return f.sleep(node.id, given({ for: typeof node.for === 'object' ? held(node.for) : node.for }));
  }
}

/** The policy of a graph with its code, and nothing that would pass for another option. */
function heldPolicy(policy: FlowGraph['policy'], parts: FlowParts, what: string): Policy {
  const retryOn = policy?.retry?.retryOn;
  const held = retryOn
    ? { ...policy, retry: { ...policy.retry, retryOn: parts.code[retryOn.code] } }
    : policy;
  return pickPolicy((held ?? {}) as Policy, what);
}

/** The input value that a binding is the data form of. */
function boundValue(binding: Binding, steps: Steps): unknown {
  if ('value' in binding) return binding.value;
  if ('list' in binding) return binding.list.map((item) => boundValue(item, steps));
  if ('fields' in binding) {
    const fields = Object.entries(binding.fields).map(
      ([key, item]) => [key, boundValue(item, steps)] as const,
    );
    return Object.fromEntries(fields);
  }
  const { step, path } = binding.ref;
  return path.reduce<unknown>(
    (ref, key) => (ref as Record<string, Ref<unknown>>)[key],
    (steps.get(step) as Step<unknown>).$,
  );
}
