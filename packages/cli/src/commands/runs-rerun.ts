import type { AnyUnit } from '@aiwork/core';
import type { ExitCode } from '../exit-code.ts';
import { isFlow } from '../flow-file/choose-unit.ts';
import { loadFlowFile } from '../flow-file/load-flow-file.ts';
import { followRun } from '../follow-run.ts';
import { openRuns } from '../open-orchestrator.ts';
import { requireRun } from '../require-run.ts';
import { requireUnit } from '../require-unit.ts';
import { didYouMean, idList } from '../suggest.ts';
import { UsageError } from '../usage-error.ts';
import type { ResumeOptions } from './runs-resume.ts';

export interface RerunOptions extends ResumeOptions {
  readonly from?: string;
  readonly runId?: string;
}

/** `aiwork runs rerun`: runs once more what a run ran, as a new run. */
export async function rerun(runId: string, file: string, options: RerunOptions): Promise<ExitCode> {
  const flowFile = await loadFlowFile(file);
  await using orchestrator = await openRuns({ state: options.state, flowFile });
  const { unitId } = await requireRun(orchestrator, runId);
  const unit = requireUnit(flowFile, unitId, runId);
  if (options.from !== undefined) requireStep(unit, options.from);
  const run = await orchestrator.rerun(runId, {
    ...(options.from !== undefined && { from: options.from }),
    ...(options.runId !== undefined && { runId: options.runId }),
  });
  return await followRun({
    ...options,
    file,
    orchestrator,
    run,
    graph: isFlow(unit) ? unit.toGraph() : undefined,
  });
}

function requireStep(unit: AnyUnit, stepId: string): void {
  if (!isFlow(unit)) {
    throw new UsageError(`"${unit.id}" is a ${unit.kind}, which has no steps to run from: leave --from out`);
  }
  const ids = unit.toGraph().nodes.map(({ id }) => id);
  if (ids.includes(stepId)) return;
  throw new UsageError(
    `flow "${unit.id}" has no step "${stepId}".${didYouMean(stepId, ids)} It has: ${idList(ids)}`,
    { code: 'AIWORK_UNKNOWN_STEP' },
  );
}
