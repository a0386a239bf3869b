import { type Duration, toMilliseconds } from '../duration.ts';
import { type Binding, type FlowNode, inputStepId, type UnitRef } from '../flow-graph.ts';
import type { Policy } from '../policy.ts';
import type { Schema } from '../schema.ts';
import { edgesOf } from '../units/check-graph.ts';
import type { AnyFlow, FlowParts } from '../units/flow.ts';
import { digestNode } from '../units/graph-hash.ts';
import { handledFailures } from '../units/handled-failures.ts';
import type { AnyUnit } from '../units/runnable.ts';

// biome-ignore lint/suspicious/noExplicitAny: code of a graph takes what its place gives it
type Code = (...args: any[]) => any;

/** A node with its code found and its edges as indices. */
export interface CompiledNode {
  readonly index: number;
  readonly id: string;
  readonly node: FlowNode;
  /** Names and indices of the outputs the node's code sees; -1 is the flow's input. */
  readonly named: readonly (readonly [name: string, index: number])[];
  /** Indices of all nodes it waits for. */
  readonly edges: readonly number[];
  readonly dependents: readonly number[];
  readonly policy: Policy;
  /** Key of the node's concurrency and rate limits, unless the policy names one. */
  readonly limitKey: string;
  readonly unit?: AnyUnit;
  readonly run?: Code;
  readonly when?: Code;
  readonly undo?: Code;
  /** Its code only has to be called: no policy, no condition, nothing to abort it by itself. */
  readonly simple: boolean;
  /** Whether it may be aborted while the run goes on. */
  readonly abortable: boolean;
  /** Whether the run goes on when it fails. */
  readonly failureHandled: boolean;
}

/** A unit made ready to run. Made once a unit. */
export interface Compiled {
  readonly unit: AnyUnit;
  readonly nodes: readonly CompiledNode[];
  /** How many nodes each waits for, and those that wait for none: where every run begins. */
  readonly needs: readonly number[];
  readonly roots: readonly number[];
  /** Index of the node whose output is the run's; -1 is the input. */
  readonly output: number;
  readonly index: ReadonlyMap<string, number>;
  readonly code: Readonly<Record<string, Code>>;
  readonly schemas: Readonly<Record<string, Schema>>;
  readonly onFailure?: AnyUnit;
  readonly onCancel?: AnyUnit;
  readonly timeoutMs?: number;
  readonly hash: string;
  /** Whether nodes that are ready start by their priority. */
  readonly prioritised: boolean;
  /** Short hash of each node's meaning, by id. */
  digests(): Readonly<Record<string, string>>;
}

const cache = new WeakMap<AnyUnit, Compiled>();

export function compile(unit: AnyUnit): Compiled {
  let compiled = cache.get(unit);
  if (!compiled) {
    compiled = unit.kind === 'flow' ? compileFlow(unit as AnyFlow) : compileSingle(unit);
    cache.set(unit, compiled);
  }
  return compiled;
}

/** A task, tool or agent started by itself is a flow of one step. */
function compileSingle(unit: AnyUnit): Compiled {
  const input: Binding = { ref: { step: inputStepId, path: [] } };
  const ref = { kind: unit.kind, id: unit.id };
  const node: FlowNode = { kind: 'call', id: unit.id, needs: {}, unit: ref, input };
  const parts: FlowParts = { units: { [`${unit.kind}:${unit.id}`]: unit }, code: {}, schemas: {} };
  return build(unit, [node], unit.id, parts, `${unit.kind}:${unit.id}`, {});
}

function compileFlow(flow: AnyFlow): Compiled {
  const graph = flow.toGraph();
  const { timeout } = flow.policy;
  return build(flow, graph.nodes, graph.output, flow.parts(), graph.hash, {
    ...(graph.onFailure && { onFailure: graph.onFailure }),
    ...(graph.onCancel && { onCancel: graph.onCancel }),
    ...(timeout !== undefined && { timeout }),
  });
}

function build(
  unit: AnyUnit,
  graphNodes: readonly FlowNode[],
  output: string,
  parts: FlowParts,
  hash: string,
  options: { readonly onFailure?: UnitRef; readonly onCancel?: UnitRef; readonly timeout?: Duration },
): Compiled {
  const code = parts.code as Readonly<Record<string, Code>>;
  const index = new Map(graphNodes.map((node, i) => [node.id, i]));
  const indexOf = (id: string) => (id === inputStepId ? -1 : (index.get(id) as number));
  const edges = graphNodes.map((node) => edgesOf(node).map(indexOf));
  const dependents: number[][] = graphNodes.map(() => []);
  edges.forEach((needed, i) => {
    for (const n of needed) (dependents[n] as number[]).push(i);
  });
  const handled = handledFailures(graphNodes, dependents);
  const abortable = contendersAndWhatTheyNeed(graphNodes, edges);
  const unitOf = (ref: UnitRef) => parts.units[`${ref.kind}:${ref.id}`] as AnyUnit;

  const nodes = graphNodes.map((node, i): CompiledNode => {
    const callee = 'unit' in node ? unitOf(node.unit) : undefined;
    const policy = effectivePolicy(node, callee, code);
    const ownLimit = node.policy?.concurrency !== undefined || node.policy?.rateLimit !== undefined;
    const isCode = node.kind === 'step' || node.kind === 'settle';
    const isQuickCall = node.kind === 'call' && (callee?.kind === 'task' || callee?.kind === 'tool');
    return {
      index: i,
      id: node.id,
      node,
      named: Object.entries(node.needs).map(([name, id]) => [name, indexOf(id)] as const),
      edges: edges[i] as number[],
      dependents: dependents[i] as number[],
      policy,
      limitKey: callee && !ownLimit ? `${callee.kind}:${callee.id}` : `step:${unit.id}/${node.id}`,
      ...(callee && { unit: callee }),
      ...(isCode && { run: code[node.run.code] as Code }),
      ...(node.when && { when: code[node.when.code] as Code }),
      ...(node.undo && { undo: code[node.undo.code] as Code }),
      simple: (isCode || isQuickCall) && !callee?.queue && isPlain(policy) && !node.when && !abortable.has(i),
      abortable: abortable.has(i),
      failureHandled: handled[i] as boolean,
    };
  });

  let digests: Record<string, string> | undefined;
  return {
    unit,
    nodes,
    needs: nodes.map((node) => node.edges.length),
    roots: nodes.filter((node) => node.edges.length === 0).map((node) => node.index),
    output: indexOf(output),
    index,
    code,
    schemas: parts.schemas,
    ...(options.onFailure && { onFailure: unitOf(options.onFailure) }),
    ...(options.onCancel && { onCancel: unitOf(options.onCancel) }),
    ...(options.timeout !== undefined && { timeoutMs: toMilliseconds(options.timeout) }),
    hash,
    prioritised: nodes.some(({ policy }) => policy.priority !== undefined),
    digests() {
      digests ??= Object.fromEntries(graphNodes.map((node) => [node.id, digestNode(node)]));
      return digests;
    },
  };
}

/** The unit's policy, replaced field by field by the step's. A sub-flow applies its own limits to its run. */
function effectivePolicy(
  node: FlowNode,
  unit: AnyUnit | undefined,
  code: Readonly<Record<string, Code>>,
): Policy {
  const { retry, ...rest } = node.policy ?? {};
  const own: Policy = {
    ...rest,
    ...(retry && {
      retry: (({ retryOn, ...fields }) => ({
        ...fields,
        ...(retryOn && { retryOn: code[retryOn.code] as Code }),
      }))(retry),
    }),
  };
  if (!unit) return own;
  if (unit.kind !== 'flow') return { ...unit.policy, ...own };
  return { ...(unit.policy.retry && { retry: unit.policy.retry }), ...own };
}

function isPlain({ retry, timeout, budget, concurrency, rateLimit }: Policy): boolean {
  return !retry && timeout === undefined && !budget && concurrency === undefined && !rateLimit;
}

/** Steps that may be aborted while the run goes on: contenders of races, and what only they wait for. */
function contendersAndWhatTheyNeed(
  nodes: readonly FlowNode[],
  edges: readonly (readonly number[])[],
): ReadonlySet<number> {
  const found = new Set<number>();
  const open = nodes.flatMap((node, i) => (node.kind === 'race' ? (edges[i] as number[]) : []));
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (found.has(at)) continue;
    found.add(at);
    open.push(...(edges[at] as number[]));
  }
  return found;
}
