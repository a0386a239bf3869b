import { AiworkError } from '../errors.ts';
import type { FlowNode } from '../flow-graph.ts';
import { resolveBinding } from '../units/ref.ts';
import type { AnyUnit } from '../units/runnable.ts';
import type { Compiled, CompiledNode } from './compile.ts';
import { executeUnit } from './execute-unit.ts';
import type { NodeTable } from './node-table.ts';
import { linkedController, perform } from './perform.ts';
import { runFailure } from './run-failure.ts';
import { stepState } from './run-state.ts';
import type { Scope } from './scope.ts';
import { inspectValue } from './serialize.ts';

/**
 * Runs the node's unit for each item. The first failure aborts the other items and is the step's, once these have
 * stopped: none may be left at work behind it.
 */
export async function runMap(
  compiled: Compiled,
  at: CompiledNode,
  table: NodeTable,
  scope: Scope,
): Promise<unknown[]> {
  const { run, stepId, state } = scope;
  if (!state.inputs)
    run.emit({ type: 'step.expanded', stepId, inputs: itemsOf(compiled, at, table, stepId) });
  const items = state.inputs as unknown as readonly unknown[];
  const { controller, unlink } = linkedController(scope.signal);
  const { signal } = controller;
  const failures: unknown[] = [];
  const fail = (error: unknown) => {
    failures.push(error);
    controller.abort(error);
  };
  const outputs = await Promise.all(
    items.map((item, i) => performPart(at, `${stepId}[${i}]`, item, { ...scope, signal }).catch(fail)),
  );
  unlink();
  if (failures.length > 0) throw failures[0];
  return outputs;
}

/** The items of a map. @throws `AIWORK_INVALID_INPUT` when they are no list. */
export function itemsOf(
  compiled: Compiled,
  at: CompiledNode,
  table: NodeTable,
  stepId: string,
): readonly unknown[] {
  const node = at.node as Extract<FlowNode, { kind: 'map' }>;
  const items =
    'code' in node.over
      ? compiled.code[node.over.code]?.(table.named(at))
      : resolveBinding(node.over, (id) => table.outputOf(id));
  if (!Array.isArray(items)) {
    throw new AiworkError(
      'AIWORK_INVALID_INPUT',
      `"over" of step "${stepId}" gave ${items === null ? 'null' : typeof items}: it has to give an array`,
    );
  }
  inspectValue(items, `the items of step "${stepId}"`);
  return items;
}

/** Feeds the unit's output back into it until its condition holds. */
export async function runLoop(
  compiled: Compiled,
  at: CompiledNode,
  table: NodeTable,
  scope: Scope,
): Promise<unknown> {
  const { stepId } = scope;
  const node = at.node as Extract<FlowNode, { kind: 'loop' }>;
  const until = compiled.code[node.until.code] as (value: unknown, round: number) => boolean;
  let value =
    'code' in node.from
      ? compiled.code[node.from.code]?.(table.named(at))
      : resolveBinding(node.from, (id) => table.outputOf(id));
  for (let round = 1; round <= node.maxRounds; round++) {
    value = await performPart(at, `${stepId}[${round - 1}]`, value, scope);
    if (until(value, round)) return value;
  }
  throw new AiworkError(
    'AIWORK_LOOP_LIMIT',
    `step "${stepId}" did ${node.maxRounds} rounds (maxRounds) and its "until" still does not hold: raise the limit, or stop earlier`,
    { stepId },
  );
}

/**
 * A step's retry, timeout and limits hold for each item or round; its budget for all of them together. What a part fails
 * with names the part.
 */
async function performPart(at: CompiledNode, stepId: string, input: unknown, scope: Scope): Promise<unknown> {
  const { budget: _, concurrency, ...policy } = at.policy;
  const local = typeof concurrency === 'number' && at.node.policy?.concurrency !== undefined;
  const limited = local ? { limit: concurrency, key: `${scope.run.runId}/${scope.stepId}` } : concurrency;
  try {
    return await perform(scope, {
      stepId,
      policy: { ...policy, ...(limited !== undefined && { concurrency: limited }) },
      limitKey: at.limitKey,
      unit: at.unit as AnyUnit,
      input,
      counts: true,
      body: (ctx, part) => executeUnit(at.unit as AnyUnit, input, ctx, part),
    });
  } catch (error) {
    if (scope.signal.aborted) throw error;
    throw runFailure(stepId, error, stepState(scope.run.state, stepId).attempt);
  }
}
