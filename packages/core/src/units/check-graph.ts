import { AiworkError, type ErrorCode } from '../errors.ts';
import { type CodeRef, type FlowGraph, type FlowNode, inputStepId, type UnitRef } from '../flow-graph.ts';
import type { FlowParts } from './flow.ts';
import { stepsIn } from './ref.ts';

/** Ids of the steps a node waits for, each once, the flow's input left out. */
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
 * or units that are named but not there.
 */
export function checkGraph(graph: Omit<FlowGraph, 'hash'>, parts: FlowParts): void {
  const fail = (code: ErrorCode, message: string): never => {
    throw new AiworkError(code, `flow "${graph.id}": ${message}`);
  };
  const byId = new Map<string, FlowNode>();
  for (const node of graph.nodes) {
    if (byId.has(node.id))
      fail('AIWORK_DUPLICATE_ID', `two steps are called "${node.id}": give each its own id`);
    byId.set(node.id, node);
  }
  const exists = (id: string) => id === inputStepId || byId.has(id);
  for (const node of graph.nodes) {
    for (const id of edgesOf(node)) {
      if (!exists(id))
        fail('AIWORK_UNKNOWN_NEED', `step "${node.id}" needs "${id}", which is not a step of this flow`);
    }
    checkParts(node, parts, (message) => fail('AIWORK_INVALID_FLOW', message));
  }
  if (!exists(graph.output))
    fail('AIWORK_UNKNOWN_NEED', `its output is step "${graph.output}", which it does not have`);
  const cycle = findCycle(graph.nodes, byId);
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
    if (!parts.schemas[node.payload])
      fail(`step "${node.id}" names the schema "${node.payload}", which its parts do not have`);
  }
  for (const ref of refs) {
    if (ref && typeof parts.code[ref.code] !== 'function') {
      fail(`step "${node.id}" names the code "${ref.code}", which its parts do not have`);
    }
  }
  for (const { kind, id } of units) {
    if (!parts.units[`${kind}:${id}`])
      fail(`step "${node.id}" calls ${kind} "${id}", which its parts do not have`);
  }
}

/** Kahn's topological sort; what it cannot place lies on or behind a cycle, which is then walked for the message. */
function findCycle(
  nodes: readonly FlowNode[],
  byId: ReadonlyMap<string, FlowNode>,
): readonly string[] | undefined {
  const waitingFor = new Map(nodes.map((node) => [node.id, edgesOf(node).length]));
  const dependents = new Map<string, string[]>();
  for (const node of nodes) {
    for (const id of edgesOf(node)) dependents.set(id, [...(dependents.get(id) ?? []), node.id]);
  }
  const ready = nodes.filter((node) => waitingFor.get(node.id) === 0).map((node) => node.id);
  for (let i = 0; i < ready.length; i++) {
    for (const id of dependents.get(ready[i] as string) ?? []) {
      const left = (waitingFor.get(id) as number) - 1;
      waitingFor.set(id, left);
      if (left === 0) ready.push(id);
    }
  }
  if (ready.length === nodes.length) return undefined;
  const placed = new Set(ready);
  const path: string[] = [];
  let at = nodes.find((node) => !placed.has(node.id)) as FlowNode;
  while (!path.includes(at.id)) {
    path.push(at.id);
    at = byId.get(edgesOf(at).find((id) => !placed.has(id)) as string) as FlowNode;
  }
  return [...path.slice(path.indexOf(at.id)), at.id].reverse();
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
