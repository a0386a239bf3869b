import type { ExitCode } from '../exit-code.ts';
import { followRun } from '../follow-run.ts';
import { openKnownWork } from '../runs/open-work.ts';
import type { Place } from '../runs/place.ts';

export interface ResumeOptions extends Omit<Place, 'file'> {
  readonly json?: boolean;
  readonly wait?: boolean;
  readonly timeline?: string;
  readonly verbose?: boolean;
}

/** `aiwork runs resume`: goes on with a run that its process left unfinished. */
export async function resume(
  runId: string,
  file: string | undefined,
  options: ResumeOptions,
): Promise<ExitCode> {
  const place = { ...options, file };
  await using work = await openKnownWork(runId, place);
  const { runs, graph } = work;
  let afterSeq = 0;
  for await (const { seq } of runs.events(runId)) afterSeq = seq;
  const run = await work.whenFree(() => runs.resume(runId));
  return await followRun({ ...place, runs, run, afterSeq, graph });
}
