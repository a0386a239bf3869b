import { AiworkError } from '../errors.ts';
import type { RunEventBody } from '../run-event.ts';
import type { Compiled, CompiledNode } from './compile.ts';
import { misfits } from './run-records.ts';
import type { RunState, StepState } from './run-state.ts';

/**
 * Events that give a new run the results an old one has of steps which do not depend on `from` and are the same now.
 *
 * @throws `AIWORK_UNKNOWN_STEP`.
 */
export function keptEvents(compiled: Compiled, old: RunState, from: string): readonly RunEventBody[] {
  const start = compiled.index.get(from);
  if (start === undefined) {
    const names = compiled.nodes.map((node) => `"${node.id}"`).join(', ');
    throw new AiworkError(
      'AIWORK_UNKNOWN_STEP',
      `flow "${compiled.unit.id}" has no step "${from}"; its steps are ${names}`,
    );
  }
  const again = new Set(reachable(compiled, [start]));
  const changed = misfits(compiled, old).flatMap((id) => compiled.index.get(id) ?? []);
  for (const index of reachable(compiled, changed)) again.add(index);
  const kept = new Map<number, RunEventBody>();
  // Dependents first: what became of a loser of a race, or of a failure that was taken, is kept with those that took it.
  for (const { id, index, dependents } of dependentsFirst(compiled)) {
    const step = old.steps.get(id);
    if (!step || again.has(index)) continue;
    const body = keptEvent(id, step, dependents.length > 0 && dependents.every((i) => kept.has(i)));
    if (body) kept.set(index, body);
  }
  return compiled.nodes.flatMap(({ index }) => kept.get(index) ?? []);
}

/** What stands for a step of the old run in the new one, if it is not to run again. */
function keptEvent(stepId: string, step: StepState, isDealtWith: boolean): RunEventBody | undefined {
  const { status, attempt, output, error } = step;
  if (status === 'skipped') return { type: 'step.skipped', stepId };
  if (status === 'succeeded')
    return { type: 'step.succeeded', stepId, attempt, ...(output !== undefined && { output }) };
  if (!isDealtWith) return undefined;
  if (status === 'failed' && error) return { type: 'step.failed', stepId, attempt, error };
  return status === 'cancelled' ? { type: 'step.cancelled', stepId, reason: 'nothing needs it' } : undefined;
}

/** The nodes in an order in which each comes after those that need it. */
function dependentsFirst({ nodes }: Compiled): readonly CompiledNode[] {
  const open = nodes.map(({ dependents }) => dependents.length);
  const order = nodes.filter((_, i) => open[i] === 0);
  for (const { edges } of order) {
    for (const need of edges) {
      if (need < 0) continue;
      open[need] = (open[need] as number) - 1;
      if (open[need] === 0) order.push(nodes[need] as CompiledNode);
    }
  }
  return order;
}

function reachable(compiled: Compiled, starts: readonly number[]): readonly number[] {
  const found = new Set(starts);
  for (const index of found)
    for (const dependent of compiled.nodes[index]?.dependents ?? []) found.add(dependent);
  return [...found];
}
