import { childRunId } from './child-run-id.ts';
import type { Compiled } from './compile.ts';
import { leaveMessage } from './messages.ts';
import { isFinal } from './run-records.ts';
import type { Outer } from './scope.ts';

/**
 * Cancels the sub-flows that were at work when the run's process went away: they have to be over, and to have done their
 * undos, before the run is. Those that a step's code started by `ctx.run` cannot be found.
 */
export async function cancelLeftChildren(outer: Outer, compiled: Compiled, reason: string): Promise<void> {
  const { run, signal, ...rest } = outer;
  const { services } = run;
  for (const [stepId, step] of run.state.steps) {
    const [nodeId = '', part] = stepId.split('[', 2);
    const unit = compiled.nodes[compiled.index.get(nodeId) ?? -1]?.unit;
    if (step.status !== 'running' || unit?.kind !== 'flow' || part?.includes('/')) continue;
    const runId = childRunId(run.runId, stepId, step);
    const record = await services.runStore.getRun(runId);
    if (!record || isFinal(record.status)) continue;
    // Whoever holds its lease, or takes it next, finds it there.
    await leaveMessage(services, runId, { type: 'run.cancel-requested', reason });
    const parent = { runId: run.runId, stepId };
    await services
      .runChild(unit, undefined, { ...rest, runId, parent, signal, leaving: signal, counted: true })
      .catch(() => signal.throwIfAborted());
  }
}
