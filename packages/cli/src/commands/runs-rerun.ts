import type { ExitCode } from '../exit-code.ts';
import { followRun } from '../follow-run.ts';
import { openKnownWork } from '../runs/open-work.ts';
import type { Work } from '../runs/work.ts';
import { didYouMean, idList } from '../suggest.ts';
import { UsageError } from '../usage-error.ts';
import type { ResumeOptions } from './runs-resume.ts';

export interface RerunOptions extends ResumeOptions {
  readonly from?: string;
  readonly runId?: string;
}

/** `aiwork runs rerun`: runs once more what a run ran, as a new run. */
export async function rerun(
  runId: string,
  file: string | undefined,
  options: RerunOptions,
): Promise<ExitCode> {
  const place = { ...options, file };
  await using work = await openKnownWork(runId, place);
  const { runs, graph } = work;
  if (options.from !== undefined) requireStep(work, options.from);
  const run = await runs.rerun(runId, {
    ...(options.from !== undefined && { from: options.from }),
    ...(options.runId !== undefined && { runId: options.runId }),
  });
  return await followRun({ ...place, runs, run, graph });
}

function requireStep({ unitId, graph }: Work, stepId: string): void {
  if (!graph) throw new UsageError(`"${unitId}" is no flow, and has no steps to run from: leave --from out`);
  const ids = graph.nodes.map(({ id }) => id);
  if (ids.includes(stepId)) return;
  throw new UsageError(
    `flow "${unitId}" has no step "${stepId}".${didYouMean(stepId, ids)} It has: ${idList(ids)}`,
    { code: 'AIWORK_UNKNOWN_STEP' },
  );
}
