import type { AiworkError } from '../errors.ts';
import { toRunError } from '../run-error.ts';
import type { AnyUnit } from '../units/runnable.ts';
import type { Compiled, CompiledNode } from './compile.ts';
import { performUnit } from './execute-unit.ts';
import { perform } from './perform.ts';
import { stepState } from './run-state.ts';
import type { Outer } from './scope.ts';

/**
 * What happens between a run's failure or cancellation and its end: what succeeded is taken back, latest first, and the
 * flow's own task is told. Journaled, so that it goes on after a crash; what fails in it does not stop it. Rejects only
 * when the run can no longer be worked on here (`isLost`).
 */
export async function windDown(
  outer: Outer,
  compiled: Compiled,
  ending: { readonly status: 'failed' | 'cancelled'; readonly error: AiworkError },
  isLost: () => boolean,
): Promise<void> {
  for (const id of [...outer.run.state.succeeded].reverse()) {
    const node = compiled.nodes[compiled.index.get(id) ?? -1];
    if (node?.undo && !stepState(outer.run.state, id).undone) await undo(outer, node, isLost);
  }
  const unit = ending.status === 'failed' ? compiled.onFailure : compiled.onCancel;
  if (unit) await tell(outer, unit, ending, isLost);
}

async function undo(outer: Outer, node: CompiledNode, isLost: () => boolean): Promise<void> {
  const { run } = outer;
  const { retry } = node.policy;
  try {
    await perform(outer, {
      stepId: `${node.id}/$undo`,
      policy: retry ? { retry } : {},
      limitKey: `undo:${node.limitKey}`,
      counts: true,
      body: (ctx) => node.undo?.(stepState(run.state, node.id).output, ctx),
    });
    run.emit({ type: 'step.undone', stepId: node.id });
  } catch (error) {
    if (isLost()) throw error;
    run.emit({ type: 'step.undo-failed', stepId: node.id, error: toRunError(error, node.id) });
  }
  await run.settled();
}

async function tell(
  outer: Outer,
  unit: AnyUnit,
  { status, error }: { readonly status: 'failed' | 'cancelled'; readonly error: AiworkError },
  isLost: () => boolean,
): Promise<void> {
  const stepId = status === 'failed' ? '$onFailure' : '$onCancel';
  await performUnit(outer, stepId, unit, toRunError(error)).catch((thrown) => {
    if (isLost()) throw thrown;
  });
}
