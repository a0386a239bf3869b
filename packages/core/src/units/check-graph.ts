import { AiworkError, type ErrorCode } from '../errors.ts';
import { type CodeRef, type FlowGraph, type FlowNode, inputStepId, type UnitRef } from '../flow-graph.ts';
import type { FlowParts } from './flow.ts';
import { stepsIn } from './ref.ts';

/**
 * Ids of the steps that a node waits for, by name or in its input; each once, the flow's input left out.
 *
 * @example
 * ```ts
 * import { defineFlow } from '@aiwork/core';
 * import { edgesOf } from '@aiwork/core/adapter-kit';
 * import { z } from 'zod';
 *
 * const flow = defineFlow({ id: 'two', input: z.object({}) }, (f) => {
 *   const first = f.step('first', { run: () => 1 });
 *   return f.step('second', { needs: { one: first }, run: ({ one }) => one + 1 });
 * });
 * console.log(flow.toGraph().nodes.map(edgesOf)); // [ [], [ 'first' ] ]
 * ```
 * @since 0.1.0
 */
export function edgesOf(node: FlowNode): readonly string[] {
  const ids = new Set(Object.values(node.needs));
  if (node.kind === 'call') for (const id of stepsIn(node.input)) ids.add(id);
  if (node.kind === 'map' && !('code' in node.over)) for (const id of stepsIn(node.over)) ids.add(id);
  if (node.kind === 'loop' && !('code' in node.from)) for (const id of stepsIn(node.from)) ids.add(id);
  ids.delete(inputStepId);
  return [...ids];
}

/**
 * Refuses a graph that could not run: unknown needs, duplicate ids, cycles, races whose losers others rely on, and code
 * or units that are named but not among `parts`, if these are given.
 */
export function checkGraph(graph: Omit<FlowGraph, 'hash'>, parts?: FlowParts): void {
  const fail = (code: ErrorCode, message: string): never => {
    throw new AiworkError(code, `flow "${graph.id}": ${message}`);
  };
  const ids = new Set<string>();
  for (const { id } of graph.nodes) {
    if (ids.has(id)) fail('AIWORK_DUPLICATE_ID', `two steps are called "${id}": give each its own id`);
    ids.add(id);
  }
  const exists = (id: string) => id === inputStepId || ids.has(id);
  for (const node of graph.nodes) {
    for (const id of edgesOf(node)) {
      if (!exists(id))
        fail('AIWORK_UNKNOWN_NEED', `step "${node.id}" needs "${id}", which is not a step of this flow`);
    }
    if (parts) checkParts(node, parts, (message) => fail('AIWORK_INVALID_FLOW', message));
  }
  if (parts) checkFlowParts(graph, parts, (message) => fail('AIWORK_INVALID_FLOW', message));
  if (!exists(graph.output))
    fail('AIWORK_UNKNOWN_NEED', `its output is step "${graph.output}", which it does not have`);
  const { cycle } = orderNodes(graph.nodes);
  if (cycle) fail('AIWORK_CYCLE', `steps need each other in a circle: ${cycle.join(' → ')}`);
  checkRaces(graph, (message) => fail('AIWORK_INVALID_FLOW', message));
}

function checkParts(node: FlowNode, parts: FlowParts, fail: (message: string) => void): void {
  const refs: (CodeRef | undefined)[] = [node.when, node.undo, node.policy?.retry?.retryOn];
  const units: UnitRef[] = [];
  if (node.kind === 'step' || node.kind === 'settle') refs.push(node.run);
  if (node.kind === 'call' || node.kind === 'map' || node.kind === 'loop') units.push(node.unit);
  if (node.kind === 'map' && 'code' in node.over) refs.push(node.over);
  if (node.kind === 'loop') refs.push(node.until, 'code' in node.from ? node.from : undefined);
  if (node.kind === 'sleep' && typeof node.for === 'object') refs.push(node.for);
  if (node.kind === 'wait') {
    refs.push(node.prompt);
    if (!Object.hasOwn(parts.schemas, node.payload))
      fail(`step "${node.id}" names the schema "${node.payload}", which its parts do not have`);
  }
  for (const ref of refs) {
    if (ref && !hasCode(parts, ref)) {
      fail(`step "${node.id}" names the code "${ref.code}", which its parts do not have`);
    }
  }
  for (const unit of units) {
    if (!hasUnit(parts, unit))
      fail(`step "${node.id}" calls ${unit.kind} "${unit.id}", which its parts do not have`);
  }
}

function checkFlowParts(
  { policy, onFailure, onCancel }: Omit<FlowGraph, 'hash'>,
  parts: FlowParts,
  fail: (message: string) => void,
): void {
  const retryOn = policy?.retry?.retryOn;
  if (retryOn && !hasCode(parts, retryOn))
    fail(`its retryOn names the code "${retryOn.code}", which its parts do not have`);
  for (const [field, unit] of Object.entries({ onFailure, onCancel })) {
    if (unit && !hasUnit(parts, unit))
      fail(`its ${field} is ${unit.kind} "${unit.id}", which its parts do not have`);
  }
}

// Own entries alone: a graph must not reach `constructor` and the like.
const hasCode = ({ code }: FlowParts, ref: CodeRef) =>
  Object.hasOwn(code, ref.code) && typeof code[ref.code] === 'function';
const hasUnit = ({ units }: FlowParts, { kind, id }: UnitRef) => {
  const unit = Object.hasOwn(units, `${kind}:${id}`) ? units[`${kind}:${id}`] : undefined;
  return unit?.kind === kind && unit.id === id;
};

/**
 * The nodes with each behind those it needs, otherwise in the order given; or the circle that makes that impossible.
 * Depth first, without recursion: a chain may be longer than the stack is deep.
 */
export function orderNodes(nodes: readonly FlowNode[]): {
  readonly order: readonly FlowNode[];
  readonly cycle?: readonly string[];
} {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const placed = new Set<FlowNode>();
  const open = new Set<FlowNode>();
  for (const root of nodes) {
    const path = placed.has(root) ? [] : [{ node: root, edges: edgesOf(root).values() }];
    for (let top = path.at(-1); top; top = path.at(-1)) {
      open.add(top.node);
      const edge = top.edges.next();
      if (edge.done) {
        open.delete(top.node);
        placed.add(top.node);
        path.pop();
        continue;
      }
      const next = byId.get(edge.value) as FlowNode;
      if (open.has(next)) {
        const ids = path.map(({ node }) => node.id);
        return { order: [], cycle: [...ids.slice(ids.indexOf(next.id)), next.id].reverse() };
      }
      if (!placed.has(next)) path.push({ node: next, edges: edgesOf(next).values() });
    }
  }
  return { order: [...placed] };
}

function checkRaces(graph: Omit<FlowGraph, 'hash'>, fail: (message: string) => void): void {
  const raceOf = new Map<string, string>();
  for (const node of graph.nodes) {
    if (node.kind === 'settle' && Object.keys(node.needs).length === 0) {
      fail(`settle step "${node.id}" has no needs: name the steps it is about`);
    }
    if (node.kind !== 'race') continue;
    const contenders = edgesOf(node);
    if (contenders.length === 0) fail(`race "${node.id}" has no contenders: name steps in needs`);
    for (const id of contenders) raceOf.set(id, node.id);
  }
  if (raceOf.size === 0) return;
  for (const node of graph.nodes) {
    if (node.kind === 'race' || node.kind === 'settle') continue;
    const contender = edgesOf(node).find((id) => raceOf.has(id));
    if (contender !== undefined) {
      fail(
        `step "${node.id}" needs "${contender}", which may lose race "${raceOf.get(contender)}" and be aborted: need the race instead, or use f.settle`,
      );
    }
  }
  const loser = raceOf.get(graph.output);
  if (loser !== undefined)
    fail(`its output "${graph.output}" may lose race "${loser}" and be aborted: return the race instead`);
}
