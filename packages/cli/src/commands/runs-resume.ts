import type { ExitCode } from '../exit-code.ts';
import { isFlow } from '../flow-file/choose-unit.ts';
import { loadFlowFile } from '../flow-file/load-flow-file.ts';
import { followRun } from '../follow-run.ts';
import { openRuns } from '../open-orchestrator.ts';
import { requireRun } from '../require-run.ts';
import { requireUnit } from '../require-unit.ts';
import { untilFree } from '../until-free.ts';

export interface ResumeOptions {
  readonly state?: string;
  readonly json?: boolean;
  readonly wait?: boolean;
  readonly timeline?: string;
  readonly verbose?: boolean;
}

/** `aiwork runs resume`: goes on with a run that its process left unfinished. */
export async function resume(runId: string, file: string, options: ResumeOptions): Promise<ExitCode> {
  const flowFile = await loadFlowFile(file);
  await using orchestrator = await openRuns({ state: options.state, flowFile });
  const { unitId } = await requireRun(orchestrator, runId);
  const unit = requireUnit(flowFile, unitId, runId);
  let afterSeq = 0;
  for await (const { seq } of orchestrator.events(runId)) afterSeq = seq;
  const run = await untilFree(`run ${runId}`, flowFile, () => orchestrator.resume(runId));
  return await followRun({
    ...options,
    file,
    orchestrator,
    run,
    afterSeq,
    graph: isFlow(unit) ? unit.toGraph() : undefined,
  });
}
