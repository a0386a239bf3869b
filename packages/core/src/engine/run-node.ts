import { toMilliseconds } from '../duration.ts';
import { AiworkError } from '../errors.ts';
import type { FlowNode } from '../flow-graph.ts';
import { toRunError } from '../run-error.ts';
import type { AnyUnit } from '../units/runnable.ts';
import type { Compiled, CompiledNode } from './compile.ts';
import { executeUnit } from './execute-unit.ts';
import type { NodeTable } from './node-table.ts';
import { perform } from './perform.ts';
import { runLoop, runMap } from './repeat.ts';
import { stepState } from './run-state.ts';
import type { Outer } from './scope.ts';
import { inspectValue } from './serialize.ts';
import { StepContext } from './step-context.ts';
import type { UnitContext } from './unit-context.ts';
import { waitForDelivery, waitUntil } from './wait.ts';

/** What a node that is not run gives. */
export const skip = Symbol('skip');

export interface NodeWork {
  readonly compiled: Compiled;
  readonly table: NodeTable;
  readonly node: CompiledNode;
  readonly outer: Outer;
}

/** Brings a node to its journaled end, whatever its kind: gives its output, or {@link skip}; rejects when it failed. */
export async function runNode(work: NodeWork): Promise<unknown> {
  const { compiled, table, node, outer } = work;
  const { run } = outer;
  const step = stepState(run.state, node.id);
  const mayRun =
    !node.when || step.attempt > 0 || (await journaled(work, () => node.when?.(table.named(node))));
  if (!mayRun) {
    run.emit({ type: 'step.skipped', stepId: node.id });
    await run.settled();
    return skip;
  }
  // The flow that sent the work keeps its policy.
  const policy = node.unit && run.isFor(node.unit) && compiled.unit.kind !== 'flow' ? {} : node.policy;
  const base = { stepId: node.id, policy, limitKey: node.limitKey, ...(node.unit && { unit: node.unit }) };
  switch (node.node.kind) {
    case 'step':
    case 'settle':
      return perform(outer, { ...base, counts: true, body: (ctx) => callCode(work, ctx) });
    case 'call':
      return perform(outer, {
        ...base,
        counts: true,
        body: (ctx, scope) => executeUnit(node.unit as AnyUnit, table.callInput(node), ctx, scope),
      });
    case 'map':
    case 'loop': {
      const repeat = node.node.kind === 'map' ? runMap : runLoop;
      return perform(outer, {
        ...base,
        policy: policyOfTheWhole(node),
        counts: false,
        body: (ctx, scope) => {
          const mocked = run.services.intercept?.(node.id, ctx, undefined);
          return mocked ? mocked.output : repeat(compiled, node, table, scope);
        },
      });
    }
    case 'wait':
    case 'sleep':
      return journaled(work, () => waitOrSleep(work));
    case 'race':
      throw new AiworkError('AIWORK_INVALID_FLOW', `race "${node.id}" is decided, not run`);
  }
}

/** What of a map's or loop's policy is not for its parts. */
function policyOfTheWhole({ policy: { budget, priority } }: CompiledNode) {
  return { ...(budget && { budget }), ...(priority !== undefined && { priority }) };
}

function callCode({ node, table, outer }: NodeWork, ctx: UnitContext): unknown {
  const named = table.named(node);
  const mocked = outer.run.services.intercept?.(node.id, ctx, named);
  return mocked ? mocked.output : node.run?.(named, ctx);
}

/** Does what has no attempts of its own, and journals its failure. */
async function journaled<T>({ node, outer }: NodeWork, work: () => Promise<T> | T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!outer.signal.aborted) {
      outer.run.emit({ type: 'step.failed', stepId: node.id, attempt: 1, error: toRunError(error, node.id) });
      await outer.run.settled();
    }
    throw error;
  }
}

async function waitOrSleep(work: NodeWork): Promise<unknown> {
  const { node, outer } = work;
  const { run } = outer;
  const step = stepState(run.state, node.id);
  if (run.services.intercept) {
    const { signal } = outer;
    const ctx = new StepContext({
      ...outer,
      signal,
      stepId: node.id,
      state: step,
      attempt: 1,
      abort: () => {},
    });
    const mocked = run.services.intercept(node.id, ctx, undefined);
    if (mocked) return succeed(work, await mocked.output);
  }
  if (node.node.kind === 'wait') return wait(work, node.node);
  return sleep(work, node.node as SleepNode);
}

type SleepNode = Extract<FlowNode, { kind: 'sleep' }>;

function wait(
  { compiled, table, node, outer }: NodeWork,
  graphNode: Extract<FlowNode, { kind: 'wait' }>,
): Promise<unknown> {
  const isNew = !stepState(outer.run.state, node.id).waiting;
  const prompt =
    graphNode.prompt && isNew ? compiled.code[graphNode.prompt.code]?.(table.named(node)) : undefined;
  return waitForDelivery(outer.run, node.id, outer.signal, {
    payload: compiled.schemas[graphNode.payload] as never,
    prompt,
    ...(graphNode.expires !== undefined && { expires: graphNode.expires }),
  });
}

async function sleep(work: NodeWork, graphNode: SleepNode): Promise<unknown> {
  const { node, outer } = work;
  const { run } = outer;
  const step = stepState(run.state, node.id);
  if (step.until === undefined) {
    run.emit({ type: 'step.started', stepId: node.id, attempt: 1 });
    run.emit({ type: 'step.sleeping', stepId: node.id, until: wakeTime(work, graphNode) });
  }
  await waitUntil(run, step.until as number, outer.signal);
  return succeed(work, undefined);
}

function wakeTime({ compiled, table, node, outer }: NodeWork, graphNode: SleepNode): number {
  if (typeof graphNode.for !== 'object')
    return outer.run.services.clock.now() + toMilliseconds(graphNode.for);
  const date: unknown = compiled.code[graphNode.for.code]?.(table.named(node));
  const time = date instanceof Date ? date.getTime() : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw new AiworkError(
    'AIWORK_INVALID_ARGUMENT',
    `"for" of step "${node.id}" gave ${String(date)}: it has to give a valid Date`,
    {
      stepId: node.id,
    },
  );
}

async function succeed({ node, outer: { run } }: NodeWork, output: unknown): Promise<unknown> {
  inspectValue(output, `the output of step "${node.id}"`);
  run.emit({ type: 'step.succeeded', stepId: node.id, attempt: 1, ...(output !== undefined && { output }) });
  await run.settled();
  return output;
}
