import { childRunId } from './child-run-id.ts';
import type { Compiled } from './compile.ts';
import { leaveMessage } from './messages.ts';
import { isFinal } from './run-records.ts';
import type { Outer } from './scope.ts';

/**
 * Cancels the sub-flows, and the work sent to queues, that nobody waits for since the run's process went away: they have to be over, and to have done
 * their undos, before the run is. What a step's code started by `ctx.run` can only be worked on when the orchestrator
 * knows it; otherwise it finds that it is cancelled when it is taken up.
 */
export async function cancelLeftChildren(outer: Outer, compiled: Compiled, reason: string): Promise<void> {
  const { run, signal, ...rest } = outer;
  const { services } = run;
  for (const [stepId, step] of run.state.steps) {
    if (step.status !== 'running' && step.status !== 'cancelled') continue;
    const [nodeId = ''] = stepId.split('[', 1);
    const called = compiled.nodes[compiled.index.get(nodeId) ?? -1]?.unit;
    const isPart = stepId.includes('/');
    if (!isPart && called?.kind !== 'flow' && called?.queue === undefined) continue;
    const runId = childRunId(run.runId, stepId, step);
    const record = await services.runStore.getRun(runId);
    if (!record || isFinal(record.status) || record.parent?.runId !== run.runId) continue;
    // Whoever holds its lease, or takes it next, finds it there.
    await leaveMessage(services, runId, { type: 'run.cancel-requested', reason });
    const unit = isPart ? services.findUnit(record.unitId, record.version) : called;
    if (!unit) continue;
    const parent = { runId: run.runId, stepId };
    await services
      .runChild(unit, undefined, {
        ...rest,
        runId,
        parent,
        signal,
        leaving: signal,
        counted: true,
        trace: run.trace,
      })
      .catch(() => signal.throwIfAborted());
  }
}
