import { AiworkError } from '../errors.ts';
import type { RunEventBody } from '../run-event.ts';
import type { Compiled } from './compile.ts';
import { misfits } from './run-records.ts';
import type { RunState } from './run-state.ts';

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
  return compiled.nodes.flatMap(({ id, index }): RunEventBody[] => {
    const step = old.steps.get(id);
    if (!step || again.has(index)) return [];
    if (step.status === 'skipped') return [{ type: 'step.skipped', stepId: id }];
    if (step.status !== 'succeeded') return [];
    const { attempt, output } = step;
    return [{ type: 'step.succeeded', stepId: id, attempt, ...(output !== undefined && { output }) }];
  });
}

function reachable(compiled: Compiled, starts: readonly number[]): readonly number[] {
  const found = new Set(starts);
  for (const index of found)
    for (const dependent of compiled.nodes[index]?.dependents ?? []) found.add(dependent);
  return [...found];
}
